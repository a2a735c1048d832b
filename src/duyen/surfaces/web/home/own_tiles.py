"""The tiles of the house itself: suggestions, alerts, what one opened, one's notices and background work."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.home.declared import HeadLink, Look, Side, Tile, Whose, contribute_tiles
from duyen.entities.home.lines import LINES, MOST_LINES, Empty, Line, Lines, counted
from duyen.entities.notices.showing import tell
from duyen.entities.recent import recent_records
from duyen.entities.registry import entity_named
from duyen.entities.suggesting.declared import Found, Manner, Rule, rules_for
from duyen.entities.suggesting.finding import Suggested, suggested
from duyen.foundation.access.actor import Actor
from duyen.foundation.jobs.models import JobState
from duyen.foundation.jobs.queries import Asked, jobs_asked
from duyen.foundation.notices.reading import MOST_COUNTED, notices_of, unread_count
from duyen.kernel.clock import now
from duyen.surfaces.web.filters import gan, so
from duyen.surfaces.web.home.addresses import SUGGESTIONS, answer_url
from duyen.surfaces.web.notices.addresses import NOTICES, notice_url
from duyen.surfaces.web.pages.addresses import JOBS, SEARCH, job_url, record_url
from duyen.surfaces.web.pages.jobs import STATES

#: So many suggestions, and so many alerts, stand on the start page.
MOST_SUGGESTED = 4
#: Work that ended badly stands there for so long.
_BAD_FOR = dt.timedelta(days=7)


@dataclass(frozen=True)
class Card:
    """One suggestion as it is drawn."""

    rule: Rule
    found: Found
    take_url: str
    later_url: str
    dismiss_url: str

    @property
    def does(self) -> bool:
        """Whether the button does it at once; else it opens what it is about."""
        return self.rule.take is not None


def contribute() -> None:
    """Put the house's own tiles on the start page."""
    contribute_tiles(
        Tile(
            "suggestions",
            gettext_lazy("What to do next"),
            icon="sparkles",
            template="home/suggestions.html",
            content=_suggestions,
            fits=lambda actor: bool(rules_for(actor, Manner.SUGGESTION)),
            whose=frozenset({Whose.MINE}),
            side=Side.NARROW,
            order=10,
        ),
        Tile(
            "alerts",
            gettext_lazy("Alerts"),
            icon="triangle-alert",
            template="home/alerts.html",
            content=_alerts,
            fits=lambda actor: bool(rules_for(actor, Manner.ALERT)),
            side=Side.NARROW,
            order=20,
        ),
        Tile(
            "notices",
            gettext_lazy("Unread notices"),
            icon="bell",
            template=LINES,
            content=_notices,
            side=Side.NARROW,
            order=60,
        ),
        Tile(
            "jobs",
            gettext_lazy("Your background work"),
            icon="list-todo",
            template=LINES,
            content=_jobs,
            side=Side.NARROW,
            order=70,
        ),
        Tile(
            "recent",
            gettext_lazy("Opened lately"),
            icon="history",
            template=LINES,
            content=_recent,
            whose=frozenset({Whose.MINE}),
            side=Side.NARROW,
            order=80,
        ),
    )


def cards(told: Suggested) -> list[Card]:
    """Give suggestions with the addresses of their answers."""
    return [
        Card(
            rule,
            found,
            answer_url(rule.name, found.record_id, "take"),
            answer_url(rule.name, found.record_id, "later"),
            answer_url(rule.name, found.record_id, "dismiss"),
        )
        for rule, found in told.shown
    ]


def _suggestions(look: Look) -> Mapping[str, Any] | None:
    return _suggested(look, Manner.SUGGESTION)


def _alerts(look: Look) -> Mapping[str, Any] | None:
    told = _suggested(look, Manner.ALERT)
    return told if told["cards"] else None


def _suggested(look: Look, manner: Manner) -> dict[str, Any]:
    told = suggested(look.actor, manner=manner, limit=MOST_SUGGESTED)
    count = f"{told.count}+" if told.is_more else str(told.count) if told.count else ""
    more = max(told.count - len(told.shown), 0)
    return {
        "cards": cards(told),
        "count": count,
        "more": f"{more}+" if told.is_more else str(more) if more else "",
        "more_url": f"{SUGGESTIONS}?manner={manner}",
        "links": [HeadLink(_("How it works"), f"{SUGGESTIONS}?manner={manner}#rules")]
        if manner is Manner.SUGGESTION
        else [],
        "is_looking": look.actor.is_looking,
    }


def _recent(look: Look) -> Mapping[str, Any]:
    hits = recent_records(look.actor, limit=MOST_LINES)
    empty = Empty(
        _("Nothing was opened yet."),
        _("Records that you open stand here, the last one first."),
        SEARCH,
        _("Search"),
    )
    lines = [
        Line(
            hit.label or _("(no name)"),
            record_url(entity_named(hit.entity), hit.id),
            text=hit.code,
            icon=entity_named(hit.entity).icon,
        )
        for hit in hits
    ]
    return {"told": Lines(lines, empty)}


def _notices(look: Look) -> Mapping[str, Any] | None:
    if not _is_own(look.actor):
        return None
    user_id = look.actor.user_id or 0
    count = unread_count(user_id)
    told = tell(look.actor, notices_of(user_id, unread=True, limit=MOST_LINES)) if count else []
    empty = Empty(_("Everything is read."), _("What others do on your records is told here."))
    lines = [
        Line(each.text, notice_url(each.notice.pk), aside=gan(each.at), icon=each.kind.icon) for each in told
    ]
    shown = counted(count, MOST_COUNTED) if count else ""
    return {"told": Lines(lines, empty, more_url=NOTICES, more_label=_("All notices")), "count": shown}


def _jobs(look: Look) -> Mapping[str, Any] | None:
    """Show what runs for the reader, and what broke off in the last days; without any there is no tile."""
    if not _is_own(look.actor):
        return None
    newest = jobs_asked(look.actor, Asked(limit=20))
    shown = [
        each
        for each in newest
        if each.state in (JobState.QUEUED, JobState.RUNNING)
        or (each.state == JobState.FAILED and (each.finished_at or each.created_at) > now() - _BAD_FOR)
    ]
    if not shown:
        return None
    lines = []
    for each in shown[:MOST_LINES]:
        state, tone = STATES[each.state]
        so_far = _("%(done)s of %(total)s") % {"done": so(each.done), "total": so(each.total)}
        text = so_far if each.total else ""
        tone = "red" if tone == "red" else ""
        lines.append(Line(each.label, job_url(each.pk), text, aside=str(state), tone=tone, icon="list-todo"))
    empty = Empty(_("Nothing runs."))
    told = Lines(lines, empty, more_url=JOBS, more_label=_("All background work"))
    return {"told": told, "count": str(len(shown))}


def _is_own(actor: Actor) -> bool:
    """Keep one's post and work to oneself: whoever sees as somebody else sees neither."""
    return actor.user_id is not None and not actor.is_looking


__all__: Sequence[str] = ("MOST_SUGGESTED", "Card", "cards", "contribute")
