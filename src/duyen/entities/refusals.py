"""Put refusals into the reader's language."""

from __future__ import annotations

from django.utils.translation import gettext

from duyen.kernel.errors import DomainError


def said(error: DomainError) -> str:
    """Say a refusal in the reader's language, also one of the kernel, which knows no languages."""
    text = gettext(str(error.sentence))
    return text % error.params if error.params else text
