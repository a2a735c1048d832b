"""Read what is asked of the trail from an address, and list what may be chosen there."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
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
from duyen.kernel.text import clean
from duyen.modules.administration.actions import DoorQuestion
from duyen.surfaces.web.pages.trail import DOORS

CHANGES, OPENED, DOOR = "", "opened", "door"
_WORDS = ("who", "record", "words", "kind", "verb", "door", "field")
_DATES = ("from", "to")
_LONGEST = 120


@dataclass(frozen=True)
class Asked:
    """What stands in an address: the tab, the words as typed, and the days that they mean."""

    tab: str
    typed: Mapping[str, str]
    days: Mapping[str, dt.date]
    problems: tuple[FieldProblem, ...] = ()

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Asked:
        """Read an address or a form; a day that is none becomes a problem."""
        typed = {name: clean(given.get(name, ""))[:_LONGEST] for name in (*_WORDS, "outcome", *_DATES)}
        days, problems = {}, []
        for name in _DATES:
            try:
                if typed[name]:
                    days[name] = read_date(typed[name], today=today())
            except DateError as error:
                problems.append(FieldProblem(name, error.code, said(error)))
        tab = given.get("tab", "")
        return cls(tab if tab in (OPENED, DOOR) else CHANGES, typed, days, tuple(problems))

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
        return any(self.typed[name] for name in ("kind", "verb", "door", "field", *_DATES))

    def _refuse_problems(self) -> None:
        if self.problems:
            raise InvalidValues(self.problems)


def choices(actor: Actor) -> dict[str, list[dict[str, Any]]]:
    """List what may be chosen: kinds of record, steps, doors, and fields that the reader may see."""
    opened = [each for each in all_entities() if actor.may(each.name, READ)]
    fields = [
        _option(f"{each.name}.{field.name}", f"{each.labels} · {field.label}")
        for each in opened
        for field in each.readable(actor)
    ]
    return {
        "kinds": [_option(each.name, each.labels) for each in all_entities()],
        "verbs": sorted(
            (_option(verb, label) for verb, label in known_verbs().items()), key=lambda each: each["label"]
        ),
        "doors": [_option(door, label) for door, label in DOORS.items()],
        "fields": fields,
        "outcomes": [
            _option(Outcome.GOOD.value, _("Succeeded")),
            _option(Outcome.WRONG.value, _("Wrong password or code")),
            _option(Outcome.REFUSED.value, _("Kept out after too many tries")),
        ],
    }


def _option(value: str, label: Label) -> dict[str, Any]:
    return {"value": str(value), "label": str(label)}
