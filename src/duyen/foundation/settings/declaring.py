"""Declare what a company may decide: one place for key, default, kind, bounds, label and help.

Any part adds a decision, and the page of settings shows it, checks what is typed, keeps its history:

    declare_area("files", label=_("Files"), help=_("What may be attached."), icon="paperclip", order=60)
    declare_setting("files.most_mb", 25, kind=Kind.WHOLE, area="files", least=1, most=500,
                    label=_("Largest file, in MB"), help=_("A larger one is refused before it is sent."))

Call both when the app is loaded (from a module that `AppConfig.ready` imports). Read with
`company.setting("files.most_mb")`. A setting without an area (`Kind.INTERNAL`) is kept by code alone and
stands on no page. Secrets are no settings: they come from the environment of the process.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.kernel.errors import DomainError

#: What a person reads: plain, or translated when it is shown.
Label = Any


class Kind(StrEnum):
    """What a setting holds, and by which control it is given.

    TEXT and LONG_TEXT are str; WHOLE is int within least and most; FLAG is bool; CHOICE is one code of
    `options`; EMAIL is one address; ORIGIN is an address such as https://duyen.example.com; WORDS is a
    list of str, one a line. INTERNAL is anything, and is never shown.
    """

    TEXT = "text"
    LONG_TEXT = "long_text"
    WHOLE = "whole"
    FLAG = "flag"
    CHOICE = "choice"
    EMAIL = "email"
    ORIGIN = "origin"
    WORDS = "words"
    INTERNAL = "internal"


@dataclass(frozen=True)
class Declared:
    """One decision. `least` and `most` bound a number, `most` alone the length of a text.

    `clean` gets the value read by its kind and gives what is kept, or raises a DomainError with the
    sentence for the reader. `blank` says in words what an empty value means.
    """

    key: str
    default: Any
    kind: Kind
    label: Label = ""
    help: Label = ""
    area: str = ""
    least: int | None = None
    most: int | None = None
    options: Sequence[tuple[str, Label]] = ()
    required: bool = False
    clean: Callable[[Any], Any] | None = None
    blank: Label = ""


def administers(actor: Actor) -> bool:
    """Tell whether the actor decides for the company: whoever may change users."""
    return actor.may("users", CHANGE)


@dataclass(frozen=True)
class Area:
    """One page of settings: what it is about, where it stands, who may open it.

    An area without an address of its own (`url`) gets a page whose form is derived from its settings.
    `also` are more words by which people look for it.
    """

    name: str
    label: Label
    help: Label = ""
    icon: str = "settings"
    url: str = ""
    order: int = 100
    may_open: Callable[[Actor], bool] = administers
    also: Label = ""
    group: Label = ""

    @property
    def address(self) -> str:
        return self.url or f"/settings/area/{self.name}"


@dataclass
class _Book:
    settings: dict[str, Declared] = field(default_factory=dict)
    areas: dict[str, Area] = field(default_factory=dict)


_book = _Book()


class UnknownSetting(LookupError):
    """The code asked for a setting that nothing declares."""


class TwiceDeclared(ValueError):
    """Two parts declare the same key otherwise."""


def declare_setting(
    key: str,
    default: Any,
    *,
    kind: Kind = Kind.INTERNAL,
    label: Label = "",
    help: Label = "",
    area: str = "",
    least: int | None = None,
    most: int | None = None,
    options: Sequence[tuple[str, Label]] = (),
    required: bool = False,
    clean: Callable[[Any], Any] | None = None,
    blank: Label = "",
) -> Declared:
    """Declare one decision; the same declaration may come twice. Raises TwiceDeclared."""
    made = Declared(
        key, default, kind, label, help, area, least, most, tuple(options), required, clean, blank
    )
    found = _book.settings.get(key)
    if found is not None and (found.default, found.kind, found.area) != (default, kind, area):
        raise TwiceDeclared(key)
    if kind is not Kind.INTERNAL and not (label and area):
        raise ValueError(f"{key}: a setting that is shown has a label and an area")
    _book.settings[key] = made
    return made


def declare_area(
    name: str,
    *,
    label: Label,
    help: Label = "",
    icon: str = "settings",
    url: str = "",
    order: int = 100,
    may_open: Callable[[Actor], bool] = administers,
    also: Label = "",
    group: Label = "",
) -> Area:
    """Put one page into the settings; `order` sorts them, the lowest first."""
    _book.areas[name] = Area(name, label, help, icon, url, order, may_open, also, group)
    return _book.areas[name]


def declared(key: str) -> Declared:
    """Find a declaration. Raises UnknownSetting."""
    try:
        return _book.settings[key]
    except KeyError as error:
        raise UnknownSetting(key) from error


def all_settings() -> Mapping[str, Declared]:
    """Give every declaration by its key."""
    return dict(_book.settings)


def settings_in(area: str) -> list[Declared]:
    """List what stands in one area, in the order of declaration."""
    return [each for each in _book.settings.values() if each.area == area]


def area_named(name: str) -> Area | None:
    """Find an area."""
    return _book.areas.get(name)


def areas_for(actor: Actor) -> list[Area]:
    """List the areas that the actor may open, in order."""
    return [
        each for each in sorted(_book.areas.values(), key=lambda each: each.order) if each.may_open(actor)
    ]


class BadSetting(DomainError):
    """What was given for a setting is none of its values; the sentence says what to give."""

    code = "bad_setting"

    def __init__(self, sentence: Label) -> None:
        super().__init__()
        self.sentence = sentence
