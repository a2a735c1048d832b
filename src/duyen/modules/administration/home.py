"""The installation on an administrator's start page: what is ill or broke off, who comes in or was locked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.home.declared import (
    Figure,
    HeadLink,
    Look,
    Side,
    Tile,
    Told,
    Whose,
    contribute_figures,
    contribute_tiles,
)
from duyen.entities.home.lines import LINES, MOST_LINES, Empty, Line, Lines
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.health.lines import State, look_at_all
from duyen.foundation.jobs.models import JobState
from duyen.foundation.jobs.queries import Asked, jobs_asked, sees_all_jobs
from duyen.foundation.org.invitations import waiting_invitations
from duyen.foundation.org.models import User
from duyen.foundation.settings.declaring import administers
from duyen.foundation.troubles.queries import troubles
from duyen.kernel.clock import now
from duyen.kernel.dates import show_date, show_moment

_MINE = frozenset({Whose.MINE})
#: What broke off, and who was locked, stands there for so long.
_FOR_JOBS, _FOR_LOCKED = dt.timedelta(days=7), dt.timedelta(days=30)
_TONES = {State.BAD: "red", State.WARNING: "amber"}


def _lets_people_in(actor: Actor) -> bool:
    return actor.may("users", CHANGE)


def _health(_look: Look) -> Mapping[str, Any]:
    found = [(group, line) for group in look_at_all() for line in group.lines if line.state in _TONES]
    found.sort(key=lambda each: each[1].state != State.BAD)
    words = {State.BAD: _("broken"), State.WARNING: _("needs attention")}
    lines = [
        Line(
            f"{group.label}: {line.label}",
            line.url or "/settings/health",
            str(line.told),
            aside=words[line.state],
            tone=_TONES[line.state],
            icon="triangle-alert",
        )
        for group, line in found
    ]
    empty = Empty(
        _("All parts are well."), _("Database, disk, backups, mail and background work were looked at.")
    )
    told = Lines(lines[:MOST_LINES], empty, more_url="/settings/health", more_label=_("System health"))
    return {
        "told": told,
        "count": str(len(found)) if found else "",
        "links": [] if lines else [HeadLink(_("System health"), "/settings/health")],
    }


def _failed_jobs(look: Look) -> Mapping[str, Any]:
    asked = Asked(everybody=True, state=JobState.FAILED, limit=MOST_LINES)
    since = now() - _FOR_JOBS
    found = [each for each in jobs_asked(look.actor, asked) if (each.finished_at or each.created_at) > since]
    lines = [
        Line(
            each.label,
            f"/jobs/{each.pk}",
            each.asked_by.full_name if each.asked_by else _("Duyên itself"),
            aside=show_moment(each.finished_at or each.created_at),
            tone="red",
            icon="list-todo",
        )
        for each in found[:MOST_LINES]
    ]
    empty = Empty(_("Nothing broke off in seven days."))
    more = "/jobs?who=all&state=failed"
    return {"told": Lines(lines, empty, more_url=more if lines else ""), "count": _more(found)}


def _people(_look: Look) -> Mapping[str, Any]:
    waiting = waiting_invitations()
    locked = list(
        User.objects.filter(is_active=False, updated_at__gt=now() - _FOR_LOCKED)
        .order_by("-updated_at", "-pk")
        .values_list("pk", "full_name", "updated_at")[:MOST_LINES]
    )
    lines = [
        Line(
            each.name,
            f"/users/{each.user_id}?tab=access",
            _("invited by %(name)s") % {"name": each.made_by} if each.made_by else _("invited"),
            aside=_("until %(day)s") % {"day": show_date(each.until.date())}
            if each.is_open
            else _("link is over"),
            tone="" if each.is_open else "amber",
            icon="mail",
        )
        for each in waiting[:MOST_LINES]
    ]
    lines += [
        Line(name, f"/users/{pk}", _("locked"), aside=show_date(at.date()), icon="user-lock")
        for pk, name, at in locked
    ]
    empty = Empty(_("Everybody who was invited has come."), "", "/users/new", _("Invite somebody"))
    told = Lines(lines[: 2 * MOST_LINES], empty, more_url="/invitations" if waiting else "")
    return {"told": told, "count": str(len(waiting)) if waiting else ""}


def _troubles(_look: Look) -> Mapping[str, Any]:
    found = troubles(limit=MOST_LINES + 1)
    lines = [
        Line(
            each.kind,
            f"/settings/troubles/{each.pk}",
            each.place,
            aside=show_moment(each.last_at),
            tone="red",
            icon="bug",
        )
        for each in found[:MOST_LINES]
    ]
    empty = Empty(_("No open error report."))
    told = Lines(lines, empty, more_url="/settings/troubles" if lines else "")
    return {"told": told, "count": _more(found)}


def _more(found: list[Any]) -> str:
    return f"{MOST_LINES}+" if len(found) > MOST_LINES else str(len(found)) if found else ""


def _active_people(_look: Look) -> Told | None:
    count = User.objects.filter(is_active=True).count()
    return Told(count, _("who can sign in"), url="/users")


def _invited(_look: Look) -> Told | None:
    waiting = waiting_invitations()
    over = sum(not each.is_open for each in waiting)
    note = _("%(count)s links are over") % {"count": over} if over else _("all links work")
    return Told(len(waiting), note if waiting else "", "amber" if over else "", "/invitations")


def contribute() -> None:
    """Put the installation on the start page of its administrators."""
    contribute_figures(
        Figure("administration.people", gettext_lazy("People"), _active_people, administers, _MINE, 10),
        Figure("administration.invited", gettext_lazy("Invited"), _invited, _lets_people_in, _MINE, 20),
    )
    contribute_tiles(
        Tile(
            "administration.health",
            gettext_lazy("How the system is"),
            icon="activity",
            template=LINES,
            content=_health,
            fits=administers,
            whose=_MINE,
            order=20,
        ),
        Tile(
            "administration.troubles",
            gettext_lazy("Open error reports"),
            icon="bug",
            template=LINES,
            content=_troubles,
            fits=administers,
            whose=_MINE,
            order=25,
        ),
        Tile(
            "administration.failed_jobs",
            gettext_lazy("Work that broke off"),
            icon="list-todo",
            template=LINES,
            content=_failed_jobs,
            fits=sees_all_jobs,
            whose=_MINE,
            side=Side.NARROW,
            order=25,
        ),
        Tile(
            "administration.people",
            gettext_lazy("On the way in, and locked"),
            icon="users",
            template=LINES,
            content=_people,
            fits=_lets_people_in,
            whose=_MINE,
            side=Side.NARROW,
            order=30,
        ),
    )
