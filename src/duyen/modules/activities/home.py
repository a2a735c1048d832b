"""Work on the start page: today's, appointments, quiet customers; for leaders how much each has and did."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from duyen.entities.home.declared import (
    Figure,
    HeadLink,
    Look,
    Side,
    Tile,
    Told,
    Whose,
    contribute_figures,
    contribute_headline,
    contribute_tiles,
)
from duyen.entities.home.lines import BARS, LINES, MOST_LINES, Bar, Bars, Empty, Line, Lines, counted
from duyen.entities.home.rules import rolled_up
from duyen.entities.labels import labels
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.suggesting.declared import Taken
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE, READ
from duyen.foundation.org.models import Unit
from duyen.kernel.clock import ZONE, now
from duyen.kernel.dates import show_date
from duyen.kernel.phones import show_phone
from duyen.modules.activities import actions, rules, work_facts
from duyen.modules.activities.choices import KINDS
from duyen.modules.activities.suggestions import leads_work, quiet_since
from duyen.modules.activities.words import ActivityKind, Priority

_MINE, _TEAM = frozenset({Whose.MINE}), frozenset({Whose.TEAM})
_TODAY, _MOST_TODAY, _MOST_DONE, _MOST_ROWS = "activities.today", 8, 3, 12
_WEEK = dt.timedelta(days=7)
#: Kinds that are ticked off as they stand; of the others one says what came of it.
_TICKED = frozenset({ActivityKind.TASK.value})


def _works(actor: Actor) -> bool:
    return actor.may("activities", READ)


def _sees_everything(actor: Actor) -> bool:
    return actor.scope("activities", READ).everything


# --- today --------------------------------------------------------------------------------------------


def _headline(look: Look) -> str:
    """Say how much there is to do today, and what of it is late."""
    if look.is_team or not _works(look.actor):
        return ""
    count, late = work_facts.count_due(look.actor, look.day, now())
    if not count:
        return ""
    today_ = ngettext("you have %(count)s task today", "you have %(count)s tasks today", count)
    said = today_ % {"count": count}
    if not late:
        return said
    late_ = ngettext("%(count)s is overdue", "%(count)s are overdue", late)
    return f"{said}, {late_ % {'count': late}}"


def _today(look: Look) -> Mapping[str, Any] | None:
    actor = look.actor
    if not work_facts.sees_work(actor):
        return None
    moment = now()
    due = work_facts.due_today(actor, look.day, limit=_MOST_TODAY + 1)
    done = work_facts.done_today(actor, look.day, limit=_MOST_DONE)
    shown = due[:_MOST_TODAY]
    parties = labels(
        actor, entity_named("customers"), {row["party_id"] for row in (*shown, *done) if row["party_id"]}
    )
    names = {pk: each.label for pk, each in parties.items() if each.is_open}
    may_make = actor.may("tasks", CREATE)
    links = [HeadLink(_("Add a task"), "/quick/task", icon="plus", opens_dialog=True)] if may_make else []
    return {
        "due": [_line(row, names, moment, look.day) for row in shown],
        "done": [_done(row, names) for row in done],
        "tile": _TODAY,
        "count": counted(len(due), _MOST_TODAY) if due else "",
        "more_url": f"/activities?list=planned&owner.in={actor.user_id}" if len(due) > _MOST_TODAY else "",
        "links": links,
        "is_looking": actor.is_looking,
    }


def _line(
    row: Mapping[str, Any], names: Mapping[int, str], moment: dt.datetime, day: dt.date
) -> dict[str, Any]:
    late_from = rules.overdue_from(
        row["kind"], due_at=row["due_at"], starts_at=row["starts_at"], ends_at=row["ends_at"]
    )
    is_late = late_from is not None and late_from < moment
    said, tone = _when(row, moment, day, is_late=is_late)
    kind = next((each for each in KINDS if each.code == row["kind"]), None)
    words = [str(kind.label) if kind and row["kind"] not in _TICKED else "", names.get(row["party_id"], "")]
    return {
        "id": row["pk"],
        "subject": row["subject"],
        "text": " · ".join(filter(None, [*words, row["place"]])),
        "url": f"/activities/{row['pk']}",
        "finish_url": f"/activities/{row['pk']}/finish",
        "is_ticked": row["kind"] in _TICKED,
        "is_urgent": row["priority"] == Priority.HIGH,
        "when": said,
        "tone": tone,
    }


def _when(row: Mapping[str, Any], moment: dt.datetime, day: dt.date, *, is_late: bool) -> tuple[str, str]:
    """Say when it is due: by how many days it is late, at which hour, or within the day."""
    local = row["due"].astimezone(ZONE)
    days = (day - local.date()).days
    if is_late and days > 0:
        said = ngettext("Overdue by %(count)s day", "Overdue by %(count)s days", days)
        return said % {"count": days}, "down m"
    if is_late:
        return _("Overdue since %(time)s") % {"time": f"{local:%H:%M}"}, "down m"
    starts = row["starts_at"].astimezone(ZONE) if row["starts_at"] else None
    if starts is not None:
        return (f"{starts:%H:%M}" if starts.date() == day else show_date(starts.date())), "m"
    if (local.hour, local.minute) == (17, 0) or (local.hour, local.minute) == (23, 59):
        return _("During the day"), "sub"
    return f"{local:%H:%M}", "m"


def _done(row: Mapping[str, Any], names: Mapping[int, str]) -> dict[str, Any]:
    at = row["done_at"].astimezone(ZONE)
    return {
        "id": row["pk"],
        "subject": row["subject"],
        "text": names.get(row["party_id"], ""),
        "url": f"/activities/{row['pk']}",
        "when": _("Done %(time)s") % {"time": f"{at:%H:%M}"},
    }


def _tick(actor: Actor, activity_id: int, is_undo: bool) -> Taken:
    """Finish a task from the start page, or take it up again."""
    if is_undo:
        perform(entity_named("activities"), "reopen", activity_id, actor=actor, arguments={})
        return Taken(_("Taken up again."))
    actions.finish(activity_id, actor=actor)
    return Taken(_("Marked as done."))


# --- lines --------------------------------------------------------------------------------------------


def _appointments(look: Look) -> Mapping[str, Any] | None:
    actor, moment = look.actor, now()
    if not work_facts.sees_work(actor):
        return None
    rows = work_facts.appointments(actor, moment, limit=MOST_LINES)
    lines = []
    for row in rows:
        starts = row["starts_at"].astimezone(ZONE)
        day = _("Today") if starts.date() == look.day else show_date(starts.date())[:5]
        is_now = row["starts_at"] <= moment
        lines.append(
            Line(
                row["subject"],
                f"/activities/{row['pk']}",
                row["place"],
                aside=_("now") if is_now else f"{day} {starts:%H:%M}",
                tone="green" if is_now else "",
                icon="calendar",
            )
        )
    may_make = actor.may("activities", CREATE)
    empty = Empty(_("No appointment ahead."), _("Meetings and visits that you plan stand here."))
    links = [HeadLink(_("Plan"), "/quick/appointment", icon="plus", opens_dialog=True)] if may_make else []
    return {"told": Lines(lines, empty), "links": links}


def _quiet(look: Look) -> Mapping[str, Any]:
    before, key_before = quiet_since(look.day)
    rows = work_facts.quiet_customers(look.actor, before, key_before, limit=work_facts.MOST + 1)
    lines = []
    for row in rows[:MOST_LINES]:
        since = row["at"] or row["created_at"]
        days = (look.day - since.astimezone(ZONE).date()).days
        said = ngettext("%(count)s day", "%(count)s days", days) % {
            "count": number_format(days, force_grouping=True)
        }
        phone = show_phone(row["phones"][0]) if row["phones"] else ""
        text = " · ".join(filter(None, [row["code"], phone]))
        lines.append(
            Line(
                row["name"],
                f"/customers/{row['id']}",
                text,
                aside=said if row["at"] else _("never yet · customer for %(days)s") % {"days": said},
                tone="red" if row["is_key_account"] else "amber",
            )
        )
    kept = Empty(
        _("Nobody waits for long."),
        _("Customers without contact for long, and without anything planned, stand here."),
    )
    count = counted(len(rows), work_facts.MOST) if rows else ""
    more = "/suggestions" if len(rows) > MOST_LINES else ""
    return {"told": Lines(lines, kept, more_url=more, more_label=_("See what to do")), "count": count}


# --- leaders ------------------------------------------------------------------------------------------


def _load(look: Look) -> Mapping[str, Any]:
    rows = work_facts.load_by_person(look.actor, now(), limit=_MOST_ROWS)
    top = max((open_ for _user, _name, open_, _late in rows), default=0)
    bars = [
        Bar(
            full_name,
            open_,
            open_ * 100 // top,
            f"/tasks?list=all&owner.in={user_id}",
            tone="red" if late * 2 > open_ else "amber" if late else "green",
            others=[str(late)],
        )
        for user_id, full_name, open_, late in rows
    ]
    empty = Empty(_("Nobody in your units has open work."))
    heads = [_("Assignee"), pgettext("work", "Open"), _("Overdue")]
    return {"told": Bars(heads, bars, empty, _("Open and overdue work by person"))}


def _done_by_unit(look: Look) -> Mapping[str, Any]:
    moment = now()
    counts = work_facts.done_by_unit(look.actor, moment - _WEEK, moment)
    facts = look.actor.facts
    paths = {unit: facts.tree.path(unit)[::-1] for unit in counts} if facts else {}
    rolled = rolled_up(counts, paths, most=_MOST_ROWS)
    names = dict(Unit.objects.filter(pk__in=list(rolled)).values_list("pk", "name"))
    top = max(rolled.values(), default=0)
    bars = [
        Bar(names.get(unit, "—"), count, count * 100 // top)
        for unit, count in sorted(rolled.items(), key=lambda each: (-each[1], each[0]))
    ]
    empty = Empty(_("Nothing was done in seven days."))
    heads = [_("Unit"), _("Done in seven days")]
    return {"told": Bars(heads, bars[:_MOST_ROWS], empty, _("Work done by unit"))}


# --- figures ------------------------------------------------------------------------------------------


def _done_figure(look: Look) -> Told | None:
    monday = work_facts.midnight(look.day - dt.timedelta(days=look.day.weekday()))
    moment = now()
    done = work_facts.count_done(look.actor, monday, moment, team=look.is_team)
    before = work_facts.count_done(look.actor, monday - _WEEK, moment - _WEEK, team=look.is_team)
    note = _("%(count)s at this time last week") % {"count": before}
    return Told(min(done, 9_999), note, is_more=done > 9_999)


def _overdue_figure(look: Look) -> Told | None:
    """Count what the list of overdue tasks holds, to which it leads."""
    owner = None if look.is_team else look.actor.user_id
    late = work_facts.count_overdue(look.actor, now(), owner=owner)
    shown = min(late, work_facts.MOST)
    note, address = _("in your units"), work_facts.OVERDUE_TASKS
    if owner is not None:
        count, _late = work_facts.count_due(look.actor, look.day, now())
        note = _("of %(count)s until this evening") % {"count": count} if count else _("nothing is due today")
        address = f"{address}&owner.in={owner}"
    return Told(shown, note, "red" if late else "", address, is_more=late > shown)


def _quiet_figure(look: Look) -> Told | None:
    before, key_before = quiet_since(look.day)
    count = work_facts.count_quiet(look.actor, before, key_before, most=99)
    return Told(min(count, 99), _("and nothing planned"), "amber" if count else "", is_more=count > 99)


def contribute() -> None:
    """Put work on the start page."""
    contribute_headline(_headline)
    contribute_figures(
        Figure("activities.overdue", gettext_lazy("Overdue tasks"), _overdue_figure, _works, order=10),
        Figure("activities.done", gettext_lazy("Done this week"), _done_figure, _works, order=20),
        Figure(
            "activities.quiet",
            gettext_lazy("Quiet for long"),
            _quiet_figure,
            lambda actor: _works(actor) and actor.may("customers", CREATE),
            _MINE,
            45,
        ),
    )
    contribute_tiles(
        Tile(
            _TODAY,
            gettext_lazy("Today's work"),
            icon="list-checks",
            template="activities/home_today.html",
            content=_today,
            fits=_works,
            whose=_MINE,
            order=10,
            is_heavy=False,
            refreshes=True,
            tick=_tick,
        ),
        Tile(
            "activities.appointments",
            gettext_lazy("Next appointments"),
            icon="calendar",
            template=LINES,
            content=_appointments,
            fits=_works,
            whose=_MINE,
            side=Side.NARROW,
            order=30,
            refreshes=True,
        ),
        Tile(
            "activities.quiet",
            gettext_lazy("Not contacted for long"),
            icon="phone",
            template=LINES,
            content=_quiet,
            fits=lambda actor: _works(actor) and actor.may("customers", CREATE),
            whose=_MINE,
            order=20,
        ),
        Tile(
            "activities.load",
            gettext_lazy("Work by person"),
            icon="users",
            template=BARS,
            content=_load,
            fits=leads_work,
            whose=_TEAM,
            order=10,
            refreshes=True,
        ),
        Tile(
            "activities.done_by_unit",
            gettext_lazy("Work done by unit"),
            icon="activity",
            template=BARS,
            content=_done_by_unit,
            fits=_sees_everything,
            whose=_TEAM,
            order=32,
        ),
    )
