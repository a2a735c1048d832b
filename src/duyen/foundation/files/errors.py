"""What is refused of files, each with what to do next."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.kernel.errors import DomainError


class FileRefused(DomainError):
    """A file is not taken; subclasses say why. Nothing of it is kept."""

    code = "file_refused"
    sentence = _("%(name)s cannot be taken.")


class Nameless(FileRefused):
    """Nothing is left of the name."""

    code = "file_nameless"
    sentence = _("The file has no name. Give it one and send it again.")


class NameTooLong(FileRefused):
    """The name is longer than a list can show."""

    code = "file_name_too_long"
    sentence = _("The file's name is longer than %(most)s letters. Shorten it and send it again.")


class Empty(FileRefused):
    """The file holds nothing."""

    code = "file_empty"
    sentence = _("%(name)s is empty. Check it on your device and send it again.")


class TooLarge(FileRefused):
    """The file is larger than the company takes."""

    code = "file_too_large"
    sentence = _("%(name)s is larger than %(most)s MB. Make it smaller, or divide it.")


class KindNotTaken(FileRefused):
    """Files of this ending are not taken."""

    code = "file_kind"
    sentence = _(
        "%(name)s is of a kind that is not taken here. Send it as PDF, a picture, an office file or a ZIP."
    )


class Disguised(FileRefused):
    """The content is not what the ending says."""

    code = "file_disguised"
    sentence = _(
        "%(name)s is not what its ending says. Save it anew in the program that made it, then send it."
    )


class TwoInOne(FileRefused):
    """The content can be read as two kinds of file at once."""

    code = "file_two_in_one"
    sentence = _("%(name)s holds a second file behind the first. Save it anew, or send both by themselves.")


class HoldsMacros(FileRefused):
    """An office file without macros by its ending holds some."""

    code = "file_macros"
    sentence = _("%(name)s holds macros although its ending says it holds none. Save it anew without them.")


class NotClean(DomainError):
    """The scanner found a virus; the content is closed to everybody."""

    code = "file_infected"
    sentence = _("The virus scanner found %(threat)s in this file, so nobody can open it. Delete it.")


class NotScanned(DomainError):
    """The content waits for the scanner."""

    code = "file_not_scanned"
    sentence = _("This file waits for the virus scanner. Try again in a minute.")


class ContentGone(DomainError):
    """The row is there, and its content is not."""

    code = "file_gone"
    sentence = _(
        "The content of this file cannot be read. Tell your administrator: duyen check names what is missing."
    )


class StoreUnreachable(DomainError):
    """Where the contents lie cannot be reached, or is full."""

    code = "file_store"
    sentence = _(
        "The file could not be kept: its store cannot be reached or is full. Nothing was saved. Try later."
    )


class UploadTooLarge(TooLarge):
    """A request was cut off because it held more than files may."""
