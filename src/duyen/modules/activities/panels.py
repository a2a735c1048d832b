"""What the page of an activity shows beside its fields: the tasks below it, and how far they are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.utils.translation import gettext, ngettext

from duyen.entities.fields import LinkedRecord
from duyen.entities.labels import labels
from duyen.entities.registry import entity_named
from duyen.entities.through import readable_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.kernel.dates import show_moment
from duyen.modules.activities import queries, rules
from duyen.modules.activities.choices import STATES
from duyen.modules.activities.repeating import in_words, lunar_note
from duyen.modules.activities.words import ActivityState

#: So many tasks below one are shown.
_MOST = 30


def is_task(row: Mapping[str, Any]) -> bool:
    """Tell whether others can stand below it."""
    return bool(row.get("kind", "TASK") == "TASK")


def below_panel(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the tasks below one that the reader may see, how far they are, and the way to one more."""
    tasks = entity_named("tasks")
    found = queries.below(row["id"])
    seen = set(readable_rows(tasks, actor, [each["id"] for each in found]).values_list("pk", flat=True))
    shown = [each for each in found if each["id"] in seen]
    people = labels(actor, entity_named("users"), {each["owner_id"] for each in shown if each["owner_id"]})
    return {
        "tasks": [_line(each, people) for each in shown[:_MOST]],
        "count": len(shown),
        "progress": rules.progress_of([(each["state"], each["progress"]) for each in found]),
        "hidden": len(found) - len(shown),
        "add_url": _add_url(row) if actor.may("tasks", CREATE) else "",
    }


def _line(task: Mapping[str, Any], people: Mapping[int, LinkedRecord]) -> dict[str, Any]:
    """Give what one line says: the subject, who does it and until when, the state."""
    who = people.get(task["owner_id"])
    words = [who.label if who else "", show_moment(task["open_at"]) if task["open_at"] else ""]
    return {
        "id": task["id"],
        "subject": task["subject"],
        "words": " · ".join(filter(None, words)),
        "option": STATES.held().by_code.get(task["state"]),
        "is_done": task["state"] == ActivityState.DONE,
    }


def _add_url(row: Mapping[str, Any]) -> str:
    about = [("about", f"{each['entity']}:{each['id']}") for each in row["about"] or ()]
    return "/tasks/new?" + urlencode([("parent", row["id"]), *about])


def recurs(row: Mapping[str, Any]) -> bool:
    """Tell whether it is one of a series."""
    return bool(row["series_id"])


def series_panel(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the rule of a series in words, whether it goes on, and the times that the reader may open."""
    series = queries.series_of(row["series_id"])
    if series is None:
        return {}
    times = queries.times_around(row["series_id"], row["occurrence"])
    kind = "tasks" if row.get("kind", "TASK") == "TASK" else "activities"
    seen = set(
        readable_rows(entity_named(kind), actor, [each for each, _at in times]).values_list("pk", flat=True)
    )
    return {
        "rule": in_words(series["rule"]),
        "ended_at": series["ended_at"],
        "times": [
            {
                "href": f"/{kind}/{each}",
                "when": show_moment(at),
                "note": lunar_note(series["rule"], at),
                "is_this": each == row["id"],
            }
            for each, at in times
            if each in seen
        ],
    }


def steps_panel(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the tasks of a set in their order, and the way to one more for whoever may add it."""
    found = queries.steps_of(row["id"])
    people = labels(actor, entity_named("users"), {each["person_id"] for each in found if each["person_id"]})
    takers = entity_named("task_set_steps").field("assignee")
    add = urlencode([("task_set", row["id"]), ("position", len(found) + 1)])
    return {
        "steps": [
            {
                "id": each["id"],
                "subject": each["subject"],
                "words": " · ".join(
                    (
                        _after(each["after_days"]),
                        people[each["person_id"]].label
                        if each["person_id"] in people
                        else takers.show(each["assignee"]),
                    )
                ),
            }
            for each in found
        ],
        "add_url": f"/task_set_steps/new?{add}" if actor.may("task_set_steps", CREATE) else "",
    }


def _after(days: int) -> str:
    if not days:
        return gettext("on the day of the start")
    return ngettext("after %(days)s working day", "after %(days)s working days", days) % {"days": days}
