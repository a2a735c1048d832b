"""Read what a form sends for a setting, and write it the way a form shows it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

from django.utils.translation import gettext, gettext_lazy

from duyen.foundation.settings.declaring import BadSetting, Declared, Kind
from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.errors import DomainError
from duyen.kernel.text import clean

LONGEST, LONGEST_TEXT, MOST_WORDS = 200, 2_000, 200
_YES = frozenset({"1", "on", "true", "yes"})


def read_value(told: Declared, text: str) -> Any:
    """Read one value from the text of a form. Raises BadSetting, or what the setting's `clean` raises."""
    value = _READERS[told.kind](told, text)
    if told.required and value in ("", []):
        raise BadSetting(gettext_lazy("This setting cannot be empty. Fill it in."))
    if told.clean is not None and value not in ("", []):
        value = told.clean(value)
    return value


def shown_value(told: Declared, value: Any) -> str:
    """Write a value as its control shows it."""
    if told.kind is Kind.WORDS:
        return "\n".join(str(each) for each in value)
    if told.kind is Kind.FLAG:
        return "1" if value else ""
    return "" if value is None else str(value)


def told_value(told: Declared, value: Any) -> str:
    """Say a value in words, for a line of history or of help."""
    if told.kind is Kind.FLAG:
        return gettext("yes") if value else gettext("no")
    if told.kind is Kind.CHOICE:
        return str(dict(told.options).get(value, value))
    if told.kind is Kind.WORDS:
        return ", ".join(str(each) for each in value) or str(told.blank) or "—"
    return str(value) if value not in ("", None) else str(told.blank) or "—"


def said(error: DomainError) -> str:
    """Say a refusal in the reader's language, also one of the kernel, which knows no languages."""
    text = gettext(str(error.sentence))
    return text % error.params if error.params else text


def _text(told: Declared, text: str) -> str:
    longest = told.most or (LONGEST if told.kind is Kind.TEXT else LONGEST_TEXT)
    found = clean(text) if told.kind is Kind.TEXT else text.replace("\r\n", "\n").strip()
    if len(found) > longest:
        raise BadSetting(gettext("Too long: shorten it to %(most)s characters.") % {"most": longest})
    return found


def _whole(told: Declared, text: str) -> int:
    plain = text.strip().replace("\u00a0", "").replace(".", "").replace(",", "")
    is_number = plain.isascii() and plain.removeprefix("-").isdecimal() and len(plain) < 16
    value = int(plain) if is_number else None
    least, most = told.least if told.least is not None else 0, told.most
    if value is None or value < least or (most is not None and value > most):
        if most is None:
            raise BadSetting(gettext("Give a whole number from %(least)s on.") % {"least": least})
        raise BadSetting(
            gettext("Give a whole number from %(least)s to %(most)s.") % {"least": least, "most": most}
        )
    return value


def _flag(_told: Declared, text: str) -> bool:
    return text.strip().lower() in _YES


def _choice(told: Declared, text: str) -> str:
    if text not in dict(told.options):
        raise BadSetting(gettext_lazy("Choose one of the values in the list."))
    return text


def _email(_told: Declared, text: str) -> str:
    if not text.strip():
        return ""
    try:
        return read_email(text)
    except EmailError as error:
        raise BadSetting(said(error)) from error


def _origin(told: Declared, text: str) -> str:
    found = text.strip().rstrip("/")
    parts = urlsplit(found)
    is_good = parts.scheme in ("http", "https") and parts.netloc and not (parts.query or parts.path)
    if found and (not is_good or len(found) > (told.most or LONGEST)):
        raise BadSetting(gettext_lazy("Write it as https://duyen.example.com."))
    return found


def _words(told: Declared, text: str) -> list[str]:
    found = list(dict.fromkeys(word for line in text.splitlines() if (word := clean(line))))
    most = told.most or MOST_WORDS
    if len(found) > most:
        raise BadSetting(gettext("At most %(most)s lines. Take some out.") % {"most": most})
    if any(len(each) > LONGEST for each in found):
        raise BadSetting(gettext("Too long: shorten it to %(most)s characters.") % {"most": LONGEST})
    return found


def _nothing(told: Declared, _text_given: str) -> Any:
    raise BadSetting(gettext_lazy("This setting is kept by Duyên itself."))


_READERS: Mapping[Kind, Callable[[Declared, str], Any]] = {
    Kind.TEXT: _text,
    Kind.LONG_TEXT: _text,
    Kind.WHOLE: _whole,
    Kind.FLAG: _flag,
    Kind.CHOICE: _choice,
    Kind.EMAIL: _email,
    Kind.ORIGIN: _origin,
    Kind.WORDS: _words,
    Kind.INTERNAL: _nothing,
}
