"""E-mail addresses in the one form that is kept."""

from __future__ import annotations

import re
import unicodedata

from duyen.kernel.errors import DomainError
from duyen.kernel.words import mark

_LOCAL = re.compile(r"[^\s@<>(),;:\"\[\]\\]{1,64}")
_LABEL = re.compile(r"(?!-)[\w-]{1,63}(?<!-)")
_LONGEST = 254  # RFC 5321, section 4.5.3.1.3, less the brackets


class EmailError(DomainError):
    """The text is no e-mail address."""

    code = "email"
    sentence = mark("“%(entered)s” is not an e-mail address. Write it as ten@example.com.")


def read_email(text: str) -> str:
    """Return the address with its domain in lower case; the part before @ stays as its owner writes it.

    Accepts whatever mail servers accept in daily use and no more: one @, a domain with a dot.
    Raises EmailError.
    """
    entered = unicodedata.normalize("NFC", text).strip().removeprefix("mailto:").strip("<>")
    local, at, domain = entered.rpartition("@")
    labels = domain.rstrip(".").lower().split(".")
    sound = at and _LOCAL.fullmatch(local) and len(labels) > 1 and all(map(_LABEL.fullmatch, labels))
    if not sound or ".." in local or local[0] == "." or local[-1] == "." or len(entered) > _LONGEST:
        raise EmailError(entered=text.strip()[:80])
    return f"{local}@{'.'.join(labels)}"
