"""What an option is called where one chooses it."""

from __future__ import annotations

from django.utils.translation import gettext as _

from duyen.entities.fields import Option


def said(option: Option) -> object:
    """Give the word of an option, with a note where it is no longer used."""
    return _("%(word)s (no longer used)") % {"word": option.label} if option.is_retired else option.label
