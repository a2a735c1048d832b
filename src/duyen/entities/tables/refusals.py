"""Why a file cannot be read as a table, in words that its owner can act on."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.kernel.errors import DomainError


class FileUnreadable(DomainError):
    """The file cannot be read as what it claims to be; nothing was brought in."""

    code = "file_unreadable"
    sentence = _("%(file)s cannot be read: %(reason)s")


EMPTY = _("it is empty.")
PDF = _("it is a PDF, not a table. Ask for the table that it was made from, as Excel or CSV.")
IMAGE = _("it is an image, not a table. Ask for the table itself, as Excel or CSV.")
DOCUMENT = _("it is a text document. Copy its table into Excel and save it as .xlsx.")
WEB_PAGE = _("it is a web page, whatever its name says. Open it in Excel and save it as .xlsx.")
ARCHIVE = _("it is an archive of files. Unpack it and choose the table in it.")
BINARY = _("it is no table. Choose a file that was saved as Excel (.xlsx) or CSV.")
PASSWORD = _("it is protected by a password. Open it in Excel, remove the password and save it.")
CUT_PACKING = _("its packing is damaged or cut off. Copy the file again.")
CUT_WORKBOOK = _("the workbook is damaged or cut off. Open it in Excel, save it anew, or copy it again.")
CUT_TEXT = _(
    "the quote that opens near line %(line)s never closes: the file is cut off, or a quote is too many. "
    "Copy the file again, or mend that line."
)
STRAY_QUOTE = _(
    "near line %(line)s a quote stands in the middle of a cell. "
    "Write each quote inside a cell twice, or save the table as .xlsx."
)
LONG_LINE = _(
    "line %(line)s is longer than a million characters. This is no table, or its line ends are lost."
)
UNKNOWN_LETTERS = _(
    "the encoding of its letters cannot be told. "
    "Save it as “CSV UTF-8” or .xlsx, or choose the encoding yourself."
)
MIXED_LETTERS = _(
    "line %(line)s has letters in another encoding than the lines around it. "
    "Mend that line, or save the table as “CSV UTF-8” anew."
)
OTHER_LETTERS = _(
    "from line %(line)s on its letters are not in the encoding %(encoding)s. Choose another one."
)
NO_SUCH_ENCODING = _("there is no encoding %(encoding)s. Known ones: %(known)s.")
NO_SUCH_SHEET = _("it has no sheet “%(sheet)s”. Its sheets: %(sheets)s.")
NO_SHEET = _("none of its sheets holds anything.")
NO_SUCH_ROW = _("it has no row %(row)s that could hold the heads.")
HEAD_TWICE = _("the head “%(head)s” stands twice.")
TOO_BIG = _(
    "the workbook is too big: unpacked it has %(size)s MB, and %(most)s MB can be read. "
    "Save the sheet as CSV; a CSV file may have any size."
)
TOO_WIDE = _("its rows have more than %(most)s columns. Delete what stands to the right of the table.")
NO_MEMORY = _(
    "reading the workbook needs more than %(most)s MB of memory. "
    "Save the sheet as CSV; a CSV file may have any size."
)
