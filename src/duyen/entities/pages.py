"""What a declaration says about pages: tabs and panels of a record, contributed by any module."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor

#: Gives what the template needs, from the actor and the record's row. Reads only.
Content = Callable[[Actor, Mapping[str, Any]], Mapping[str, Any]]


#: Tells of a row whether a tab or panel has anything to say about it.
Fits = Callable[[Mapping[str, Any]], bool]


def _always(_row: Mapping[str, Any]) -> bool:
    return True


@dataclass(frozen=True)
class Preview:
    """What a step or a changed form would do, told before it is saved.

    `content` gives what the template needs from the actor, the record's row and the values as they
    would be. Reads only. One `at_once` stands in the dialog as soon as it opens, from what is said so far; it
    can be asked for `again` where it follows from what is typed.
    """

    template: str
    content: Callable[[Actor, Mapping[str, Any], Mapping[str, Any]], Mapping[str, Any]]
    at_once: bool = False
    again: bool = True


@dataclass(frozen=True)
class Tab:
    """One tab of a record page: its address part, its word, the template that draws it, the rows it fits.

    `brief` is the tab in short: a tab that sums up the others shows it where it has content.
    """

    name: str
    label: Label
    template: str
    content: Content
    count: Callable[[Actor, Mapping[str, Any]], int] | None = None
    fits: Fits = _always
    brief: Panel | None = None


@dataclass(frozen=True)
class Panel:
    """One section of the side panel of a record page, for the rows that it `fits` and has content for.

    One with the name of a tab is that tab in short, and does not stand beside it. One that a higher module
    contributes stands `before` the named one, else last. One that nobody may overlook stands `above` the name
    of the record instead, as a banner; no layout moves it.
    """

    name: str
    label: Label
    template: str
    content: Content
    fits: Fits = _always
    before: str = ""
    above: bool = False


@dataclass(frozen=True)
class Lead:
    """A page of a module's own to which the menu of a record leads, for the rows that it `fits`.

    `part` stands behind the address of the record: `card.vcf`. One with a `key` has a button beside the name,
    which the key presses; on the row of a list the key opens the same. `needs` is a right beside that to read
    the record: an entity and a verb.
    """

    part: str
    label: Label
    icon: str
    is_dialog: bool = False
    fits: Fits = _always
    key: str = ""
    needs: tuple[str, str] = ("", "")

    def is_offered(self, actor: Actor, row: Mapping[str, Any]) -> bool:
        """Tell whether the reader may go there from this row."""
        return self.fits(row) and (not self.needs[0] or actor.may(*self.needs))
