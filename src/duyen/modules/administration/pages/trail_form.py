"""Read what is asked of the trail from an address, and list what may be chosen there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Label
from duyen.entities.history import known_verbs
from duyen.entities.refusals import said
from duyen.entities.registry import all_entities
from duyen.entities.trail_search import Question
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.foundation.org.words import Outcome
from duyen.kernel.clock import today
from duyen.kernel.dates import DateError, read_date
from duyen.kernel.errors import FieldProblem
from duyen.kernel.text import clean, fold
from duyen.modules.administration.actions import DoorQuestion
from duyen.surfaces.web.pages.trail import DOORS

CHANGES, OPENED, DOOR = "", "opened", "door"
_WORDS = ("who", "record", "words", "kind", "verb", "door", "field")
_DATES = ("from", "to")
_LONGEST = 120
#: What is picked by typing, because its list is long.
PICKED = ("verb", "field")
_FEW = 30


@dataclass(frozen=True)
class Asked:
    """What stands in an address: the tab, what was typed, the days that it means, what is picked in words."""

    tab: str
    typed: Mapping[str, str]
    days: Mapping[str, dt.date]
    problems: tuple[FieldProblem, ...] = ()
    picked: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, given: Mapping[str, str], actor: Actor) -> Asked:
        """Read an address or a form; a day that is none becomes a problem."""
        typed = {name: clean(given.get(name, ""))[:_LONGEST] for name in (*_WORDS, "outcome", *_DATES)}
        days, problems, picked = {}, [], {}
        for name in PICKED:
            words = clean(given.get(f"{name}_text", ""))[:_LONGEST]
            if f"{name}_text" in given:
                typed[name], is_known = _picked(name, typed[name], words, actor)
                if not is_known:
                    told = _("Choose one of those that are offered while you type.")
                    problems.append(FieldProblem(name, "unknown", told))
            picked[name] = words or _shown_of(name, typed[name], actor)
        for name in _DATES:
            try:
                if typed[name]:
                    days[name] = read_date(typed[name], today=today())
            except DateError as error:
                problems.append(FieldProblem(name, error.code, said(error)))
        tab = given.get("tab", "")
        return cls(tab if tab in (OPENED, DOOR) else CHANGES, typed, days, tuple(problems), picked)

    def question(self) -> Question:
        """Give the question to the trail. Raises InvalidValues where a day is none."""
        self._refuse_problems()
        words = {name: self.typed[name] for name in _WORDS}
        since, until = self.days.get("from"), self.days.get("to")
        return Question(**words, since=since, until=until, opened=self.tab == OPENED)

    def question_to_door(self) -> DoorQuestion:
        """Give the question to the door. Raises InvalidValues where a day is none."""
        self._refuse_problems()
        known = self.typed["outcome"] if self.typed["outcome"] in list(Outcome) else ""
        return DoorQuestion(self.typed["who"], known, self.days.get("from"), self.days.get("to"))

    def url(self, path: str = "/trail", **more: str) -> str:
        """Write the address that asks the same."""
        asked = {"tab": self.tab, **self.typed, **more}
        kept = {name: value for name, value in asked.items() if value}
        return f"{path}?{urlencode(kept)}" if kept else path

    @property
    def is_narrowed(self) -> bool:
        return any(self.typed.values())

    @property
    def has_more(self) -> bool:
        """Whether a condition is set that stands behind the fold of the form."""
        return any(self.typed[name] for name in ("kind", "verb", "door", "field", *_DATES)) or bool(
            self.problems
        )

    def _refuse_problems(self) -> None:
        if self.problems:
            raise InvalidValues(self.problems)


def _picked(name: str, code: str, words: str, actor: Actor) -> tuple[str, bool]:
    """Give the code of what was picked, and whether there is such a thing.

    Words that were typed and not picked count where they are the label of one thing; none take it away.
    """
    wanted = fold(words)
    if not wanted:
        return "", True
    alike = [str(each["value"]) for each in picked_from(name, actor) if fold(each["label"]) == wanted]
    if code in alike:
        return code, True
    return (alike[0], True) if len(alike) == 1 else ("", False)


def picked_from(name: str, actor: Actor) -> list[dict[str, Any]]:
    """List all that may be picked by typing: the steps, or the fields that the reader may see."""
    if name == "verb":
        found = [_option(verb, label) for verb, label in known_verbs().items()]
        return sorted(found, key=lambda each: each["label"])
    opened = [each for each in all_entities() if actor.may(each.name, READ)]
    return [
        _option(f"{each.name}.{one.name}", f"{each.labels} · {one.label}")
        for each in opened
        for one in each.readable(actor)
    ]


def options_like(name: str, words: str, actor: Actor) -> list[dict[str, Any]]:
    """List the first few that have each typed word at the beginning of one of theirs, without tone marks."""
    wanted = fold(clean(words)).split()
    found = []
    for each in picked_from(name, actor):
        known = fold(each["label"]).split()
        if all(any(word.startswith(typed) for word in known) for typed in wanted):
            found.append(each)
    return found[:_FEW]


def _shown_of(name: str, code: str, actor: Actor) -> str:
    """Say in words what is picked; the code where nothing is known by it."""
    if not code:
        return ""
    return next((str(each["label"]) for each in picked_from(name, actor) if each["value"] == code), code)


def choices() -> dict[str, list[dict[str, Any]]]:
    """List what may be chosen from short lists: kinds of record and doors."""
    return {
        "kinds": [_option(each.name, each.labels) for each in all_entities()],
        "doors": [_option(door, label) for door, label in DOORS.items()],
        "outcomes": [
            _option(Outcome.GOOD.value, _("Succeeded")),
            _option(Outcome.WRONG.value, _("Wrong password or code")),
            _option(Outcome.REFUSED.value, _("Kept out after too many tries")),
        ],
    }


def _option(value: str, label: Label) -> dict[str, Any]:
    return {"value": str(value), "label": str(label)}
