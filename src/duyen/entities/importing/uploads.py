"""What may be handed in: which names, how much."""

from __future__ import annotations

from pathlib import PurePath

from django.utils.translation import gettext_lazy as _

from duyen.entities.csv_files import SUFFIXES
from duyen.entities.tables import FileUnreadable
from duyen.kernel.errors import DomainError

MEGABYTE = 1024 * 1024
#: A larger file is brought in by `duyen import`, which has no limit.
LARGEST_FILE = 200 * MEGABYTE


class FileTooLarge(DomainError):
    """The file is larger than a page or call takes."""

    code = "file_too_large"
    sentence = _("The file is larger than %(most)s MB. Divide it, or ask an administrator to import it.")


def checked_name(name: str) -> str:
    """Give the name by which a file is shown. Raises FileUnreadable for one of a kind that is not read."""
    shown = PurePath(name.replace("\\", "/")).name[-200:] or "?"
    if not shown.lower().endswith(SUFFIXES):
        known = ", ".join(SUFFIXES)
        raise FileUnreadable(file=shown, reason=_("its name must end in %(known)s.") % {"known": known})
    return shown


def refuse_too_large(size: int) -> None:
    """Refuse a file of more bytes than are taken. Raises FileTooLarge."""
    if size > LARGEST_FILE:
        raise FileTooLarge(most=LARGEST_FILE // MEGABYTE)
