"""Read the guides: plain texts, one file per language, beside the pages that they explain.

A folder of guides holds `pages.toml`, which says what guides there are, on which routes each of them stands
and which keys it names, and one file per language with their words. `[entities.customers]` holds what is
said of one kind of records beside the guide of the page. A module brings a folder of its own.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from django.conf import settings
from django.utils.translation import get_language
from markupsafe import Markup, escape

LANGUAGES = ("vi", "en")
#: The guide of a page that has none of its own.
START = "start"
_KINDS_OF_RECORDS = "entities"
_ON_THE_SCREEN = re.compile(r"\*\*(.+?)\*\*")


@dataclass(frozen=True)
class Words:
    """What a guide says in one language: a title, what the page is for, and what one does there.

    Two asterisks stand around what is written on the screen: «**Nhập từ tệp**».
    """

    title: str
    lead: str
    points: Sequence[str]


@dataclass(frozen=True)
class Guide:
    """One guide: the routes on which it stands, the groups of keys that work there, its words by language."""

    name: str
    icon: str
    routes: frozenset[str] = frozenset()
    keys: Sequence[str] = ()
    words: Mapping[str, Words] = field(default_factory=dict)

    @property
    def said(self) -> Words:
        """The words in the reader's language."""
        return self.words[_language()]


@dataclass(frozen=True)
class Release:
    """What a version brought, as sentences by language."""

    version: str
    notes: Mapping[str, Sequence[str]]

    @property
    def said(self) -> Sequence[str]:
        """The sentences in the reader's language."""
        return self.notes[_language()]


def _language() -> str:
    code = get_language() or settings.LANGUAGE_CODE
    return code if code in LANGUAGES else LANGUAGES[0]


@cache
def guides() -> Mapping[str, Guide]:
    """Give all guides of pages by name, in the order in which their files name them."""
    return {each.name: each for folder in settings.GUIDE_DIRS for each in _guides_in(folder)}


@cache
def words_of_kinds() -> Mapping[str, Mapping[str, Words]]:
    """Give what is said of kinds of records, by entity and language."""
    found: dict[str, dict[str, Words]] = {}
    for folder in settings.GUIDE_DIRS:
        for language, texts in _texts(folder).items():
            for name, text in texts.get(_KINDS_OF_RECORDS, {}).items():
                found.setdefault(name, {})[language] = Words("", text["lead"], text["points"])
    return found


def words_of_kind(entity: str) -> Words | None:
    """Give what is said of one kind of records in the reader's language."""
    return words_of_kinds().get(entity, {}).get(_language())


def marked(text: str) -> Markup:
    """Show what stands on the screen in bold."""
    return Markup(_ON_THE_SCREEN.sub(r"<b>\1</b>", str(escape(text))))  # noqa: S704 - escaped before


def guide_on(route: str) -> Guide:
    """Give the guide that stands on a route, or the one for everything."""
    return _by_route().get(route, guides()[START])


@cache
def _by_route() -> Mapping[str, Guide]:
    return {route: each for each in guides().values() for route in each.routes}


@cache
def releases() -> Sequence[Release]:
    """Give what each version brought, the newest first."""
    folder = Path(__file__).parent / "news"
    told = {language: _read(folder / f"{language}.toml") for language in LANGUAGES}
    return [
        Release(version, {language: told[language][version]["notes"] for language in LANGUAGES})
        for version in sorted(told[LANGUAGES[0]], key=number_of, reverse=True)
    ]


def number_of(version: str) -> tuple[int, ...]:
    """Give a version as numbers that can be compared; what is none stands before all."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(part.isdecimal() for part in parts) else ()


def _guides_in(folder: Path) -> Iterator[Guide]:
    about, texts = folder / "pages.toml", _texts(folder)
    if not about.is_file():
        return
    for name, told in _read(about).items():
        words = {language: Words(**texts[language][name]) for language in LANGUAGES}
        yield Guide(name, told["icon"], frozenset(told.get("routes", ())), told.get("keys", ()), words)


def _texts(folder: Path) -> dict[str, dict[str, Any]]:
    return {language: _read(folder / f"{language}.toml") for language in LANGUAGES}


def _read(path: Path) -> dict[str, Any]:
    return tomllib.loads(path.read_text(encoding="utf-8"))
