"""E-mail addresses: enough checking to catch a slip of the hand, never enough to refuse a real address."""

from __future__ import annotations

import re

from duyen.kernel.errors import DomainError
from duyen.kernel.text import clean, quoted
from duyen.kernel.words import mark

LONGEST = 254
"""RFC 5321 4.5.3.1.3: the longest address that mail servers carry."""

_DOMAIN = re.compile(r"(?!-)[^\W_][\w-]{0,62}(?:\.[^\W_][\w-]{0,62})*\.[^\W\d_][\w-]{1,62}")
_LOCAL = re.compile(r"[^\s@<>,;:()\[\]\"\\]{1,64}")
_NAMED = re.compile(r"^[^<>]*<([^<>]+)>$")


class EmailError(DomainError):
    """What was written is no e-mail address."""

    code = "email_invalid"
    sentence: object = mark("“%(entered)s” is not an e-mail address. Enter one such as lan@example.com.")


class EmailEmpty(EmailError):
    code = "email_empty"
    sentence = mark("There is no e-mail address. Enter one such as lan@example.com.")


class EmailDomain(EmailError):
    code = "email_domain"
    sentence = mark("The part after @ in “%(entered)s” is not a domain. Check it: it ends like .com or .vn.")


class EmailTooLong(EmailError):
    code = "email_long"
    sentence = mark("This e-mail address has more than %(most)s characters. Check what was pasted.")


def read_email(text: str) -> str:
    """Return the address with its domain in lower case; the part before @ stays as written.

    Takes «Lan <lan@example.com>», mailto:, and spaces at the ends. Compare addresses without regard to case.
    Source: RFC 5321 and 5322 without their quoted and bracketed forms, RFC 6531 for letters beyond ASCII.
    Raises EmailEmpty, EmailDomain, EmailTooLong or EmailError.
    """
    entered = clean(text)
    named = _NAMED.match(entered)
    address = (named[1].strip() if named else entered).removeprefix("mailto:").rstrip(".,;")
    if not address:
        raise EmailEmpty
    if len(address) > LONGEST:
        raise EmailTooLong(most=LONGEST)
    local, at, domain = address.rpartition("@")
    if not at or not _LOCAL.fullmatch(local) or local[0] == "." or local[-1] == "." or ".." in local:
        raise EmailError(entered=quoted(entered))
    if not _DOMAIN.fullmatch(domain):
        raise EmailDomain(entered=quoted(entered))
    return f"{local}@{domain.lower()}"
