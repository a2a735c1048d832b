"""The form above a timeline: what it offers, and what was typed into it as an activity."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from duyen.entities.entity import Entity
from duyen.entities.registry import entity_named
from duyen.entities.timelines.declared import Composer, Nearby
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.kernel.clock import ZONE, now
from duyen.kernel.endings import read_ending
from duyen.kernel.text import fold
from duyen.modules.activities import choices
from duyen.modules.activities.timeline import ICONS
from duyen.modules.activities.words import APPOINTMENTS, ActivityKind

#: In the order of the form; a note is what one writes without choosing.
OFFERED = (
    ActivityKind.NOTE,
    ActivityKind.CALL,
    ActivityKind.MEETING,
    ActivityKind.TASK,
    ActivityKind.VISIT,
    ActivityKind.EMAIL,
    ActivityKind.LETTER,
)
#: What a line may begin with to be one of these, as it is typed: «/việc Gửi báo giá t6».
COMMANDS: Mapping[str, ActivityKind] = {
    "viec": ActivityKind.TASK,
    "task": ActivityKind.TASK,
    "goi": ActivityKind.CALL,
    "call": ActivityKind.CALL,
    "hen": ActivityKind.MEETING,
    "meeting": ActivityKind.MEETING,
    "tham": ActivityKind.VISIT,
    "visit": ActivityKind.VISIT,
    "thu": ActivityKind.LETTER,
    "letter": ActivityKind.LETTER,
    "ghi": ActivityKind.NOTE,
    "note": ActivityKind.NOTE,
}
#: So many contacts are offered as whom one spoke to.
_MOST_CONTACTS = 40
#: The first outcomes are chosen by a digit.
_MOST_DIGIT = 9
#: What each kind asks beside its text.
_ASKED: Mapping[ActivityKind, tuple[str, ...]] = {
    ActivityKind.NOTE: (),
    ActivityKind.CALL: ("direction", "outcome", "duration_minutes", "done_at"),
    ActivityKind.MEETING: ("starts_at", "ends_at", "place"),
    ActivityKind.VISIT: ("starts_at", "ends_at", "place"),
    ActivityKind.EMAIL: ("direction", "done_at"),
    ActivityKind.LETTER: ("direction", "done_at"),
    ActivityKind.TASK: ("due_at", "owner"),
}
_WHOM = frozenset({ActivityKind.CALL, ActivityKind.MEETING, ActivityKind.VISIT, ActivityKind.EMAIL})


@dataclass(frozen=True)
class Typed:
    """What stands in the form: texts by field, and what is wrong with them."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.values.get(name, "")

    def error(self, name: str) -> str:
        return self.errors.get(name, "")


def content(
    actor: Actor, entity: Entity, row: Mapping[str, Any], around: Sequence[Nearby]
) -> dict[str, Any] | None:
    """Give what the form shows, with nothing typed; none for whoever may write no activity."""
    return _form(actor, entity, row, Typed(), around[:_MOST_CONTACTS])


def form(actor: Actor, entity: Entity, row: Mapping[str, Any], typed: Typed) -> dict[str, Any] | None:
    """Give what the form shows, with what was typed."""
    return _form(actor, entity, row, typed, whom(actor, entity, row))


def _form(
    actor: Actor, entity: Entity, row: Mapping[str, Any], typed: Typed, people: Sequence[Nearby]
) -> dict[str, Any] | None:
    kinds = offered(actor)
    if not kinds:
        return None
    chosen = typed.get("kind") if typed.get("kind") in kinds else kinds[0]
    labels = {each.code: each.label for each in choices.KINDS}
    shown = writable(actor, entity_named("activities")) | writable(actor, entity_named("tasks"))
    return {
        "shown": {each: each in shown for each in (*chain(*_ASKED.values()), "is_private")},
        "action": f"/{entity.name}/{row['id']}/timeline",
        "key": typed.get("key") or str(uuid.uuid4()),
        "typed": typed,
        "kinds": [
            {"code": each, "label": labels[each], "icon": ICONS[each][0], "is_chosen": each == chosen}
            for each in kinds
        ],
        "contacts": [{"value": f"{each.entity.name}:{each.id}", "label": each.label} for each in people],
        "outcomes": choices.OUTCOMES.held().offered,
        "answers": [
            {"code": each.code, "label": each.label, "digit": place if place <= _MOST_DIGIT else 0}
            for place, each in enumerate(choices.OUTCOMES.held().offered, start=1)
        ],
        "directions": list(choices.DIRECTIONS),
        "me": actor.name,
    }


def offered(actor: Actor) -> list[ActivityKind]:
    """List the kinds that the actor may make."""
    makes_all = _may_write(actor, "activities", "kind")
    makes_tasks = _may_write(actor, "tasks", "subject")
    return [each for each in OFFERED if (makes_tasks if each is ActivityKind.TASK else makes_all)]


def _may_write(actor: Actor, entity: str, needed: str) -> bool:
    """Tell whether the actor may make such activities, and set what the form cannot do without."""
    return actor.may(entity, CREATE) and {"about", "body", needed} <= writable(actor, entity_named(entity))


def writable(actor: Actor, entity: Entity) -> frozenset[str]:
    """Name the fields that the actor may set: of others the form neither shows nor takes anything."""
    return frozenset(each.name for each in entity.writable(actor))


def whom(actor: Actor, entity: Entity, row: Mapping[str, Any]) -> list[Nearby]:
    """List the people beside a record with whom one may have spoken."""
    return [near for give in entity.around for near in give(actor, row)][:_MOST_CONTACTS]


def read(
    typed: Mapping[str, str], *, actor: Actor, about: Sequence[tuple[str, int]], people: Sequence[Nearby]
) -> tuple[Entity, dict[str, object]]:
    """Read the form as the values of an activity, and the entity that makes it.

    What belongs to another kind than the chosen one, or may not be set by the actor, is left out. A text that
    begins with «/việc» is a task; of a task the first line is its subject, and a day at the end of that line
    is when it is due.
    """
    kind, body = _kind(typed)
    values: dict[str, object] = {"body": body, "about": _about(typed, kind, about, people)}
    values |= {name: typed[name] for name in _ASKED[kind] if typed.get(name, "").strip()}
    if typed.get("is_private"):
        values["is_private"] = True
    if kind is ActivityKind.TASK:
        return _kept(actor, "tasks", {**_task(body), **values, "body": _rest(body)})
    if kind in APPOINTMENTS:
        values |= _appointment(body, values)
    if not body and kind is not ActivityKind.NOTE:
        # A call of which nothing is said but its outcome is still a call.
        values["subject"] = str(choices.KINDS.held().by_code[kind].label)
    return _kept(actor, "activities", {"kind": kind.value, **values})


def _kept(actor: Actor, name: str, values: Mapping[str, object]) -> tuple[Entity, dict[str, object]]:
    entity = entity_named(name)
    known = writable(actor, entity)
    return entity, {each: value for each, value in values.items() if each in known}


def _kind(typed: Mapping[str, str]) -> tuple[ActivityKind, str]:
    body = typed.get("body", "").strip()
    given = typed.get("kind") or ActivityKind.NOTE
    kind = ActivityKind(given) if given in set(ActivityKind) else ActivityKind.NOTE
    word, _space, rest = body.partition(" ")
    if word.startswith("/") and (found := COMMANDS.get(fold(word[1:]))) is not None:
        return found, rest.strip()
    return kind, body


def _about(
    typed: Mapping[str, str],
    kind: ActivityKind,
    about: Sequence[tuple[str, int]],
    people: Sequence[Nearby],
) -> list[tuple[str, int]]:
    chosen = typed.get("whom", "")
    known = {f"{each.entity.name}:{each.id}": (each.entity.name, each.id) for each in people}
    return [*about, *([known[chosen]] if kind in _WHOM and chosen in known else [])]


def _task(body: str) -> dict[str, object]:
    first, _line, _rest_of_it = body.partition("\n")
    ending = read_ending(first, now=now())
    found: dict[str, object] = {"subject": ending.words}
    if ending.day is not None:
        found["due_at"] = dt.datetime.combine(ending.day, ending.time or dt.time(17, 0), ZONE)
    return found


def _rest(body: str) -> str:
    return body.partition("\n")[2].strip()


def _appointment(body: str, values: Mapping[str, object]) -> dict[str, object]:
    """Read when an appointment begins off the end of its first line, where it stands nowhere else."""
    first = body.partition("\n")[0]
    ending = read_ending(first, now=now())
    if values.get("starts_at") or ending.day is None:
        return {}
    return {
        "subject": ending.words,
        "starts_at": dt.datetime.combine(ending.day, ending.time or dt.time(8, 0), ZONE),
    }


COMPOSER = Composer("activities/composer.html", content)
