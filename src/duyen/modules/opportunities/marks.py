"""What warns of deals, on cards and in rows; the same said to the database, so that lists find them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext, ngettext, pgettext_lazy

from duyen.entities.marking import RISK, STALE, Mark, Warned
from duyen.entities.sql import TRUE, Sql, any_of
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now, today
from duyen.kernel.dates import show_date
from duyen.modules.opportunities import queries, rules
from duyen.modules.opportunities.actions.moving import DECISION_MAKER, LINES
from duyen.modules.opportunities.models import Contact
from duyen.modules.opportunities.words import UNDER_WAY, DealRole, DealState, Warns


def marks(_actor: Actor, rows: Sequence[Mapping[str, Any]]) -> Mapping[int, Sequence[Mark]]:
    """Warn of deals that rest, stand still, are late or lack what the stage asks for; one query in all."""
    moment, day = now(), today()
    found: dict[int, list[Mark]] = {
        row["id"]: [
            Mark(STALE, gettext("Rests until %(day)s") % {"day": show_date(row["resume_on"])}, "resume_on")
        ]
        for row in rows
        if row["state"] == DealState.ON_HOLD and row["resume_on"] is not None
    }
    asked = queries.asked_of([row["id"] for row in rows if row["state"] == DealState.OPEN])
    for row in rows:
        if row["id"] in asked:
            found[row["id"]] = _marks(row, asked[row["id"]], moment, day)
    return found


def _marks(row: Mapping[str, Any], asked: Mapping[str, Any], moment: dt.datetime, day: dt.date) -> list[Mark]:
    told = []
    late = (day - row["expected_close"]).days
    if late > 0:
        words = ngettext("%(count)s day after its close", "%(count)s days after its close", late)
        told.append(Mark(RISK, words % {"count": late}, "expected_close", Warns.LATE))
    if LINES in asked["required"] and not row["line_count"]:
        told.append(Mark(RISK, gettext("No product yet"), "line_count", Warns.INCOMPLETE))
    if DECISION_MAKER in asked["required"] and not asked["is_decided"]:
        told.append(Mark(RISK, gettext("Nobody who decides"), "stage", Warns.INCOMPLETE))
    if rules.is_stale(row["stage_since"], moment, asked["stale_after"]):
        days = rules.days_still(row["stage_since"], moment)
        words = ngettext("%(count)s day in this stage", "%(count)s days in this stage", days)
        told.append(Mark(STALE, words % {"count": days}, "stage_since", Warns.STALE))
    return told


def _standing_in(alias: str, stages: Sequence[rules.Stage]) -> Sql:
    """Say of an alias that it is under way in one of these stages: the index of boards leads there."""
    states = ", ".join(f"'{each.value}'" for each in UNDER_WAY)
    text = f"{alias}.state IN ({states}) AND {alias}.stage_id = ANY(%s)"
    return Sql(text, ([each.id for each in stages],))


def _is_open(alias: str, rest: Sql) -> Sql:
    return Sql(f"{alias}.state = '{DealState.OPEN.value}'") & rest


def _stale(alias: str) -> tuple[Sql, Sql]:
    moment = now()
    known = [(each, each.stale_after) for each in queries.all_stages() if each.stale_after is not None]
    bounds = [
        Sql(
            f"{alias}.stage_id = %s AND {alias}.stage_since <= %s",
            (each.id, rules.stale_since(moment, days)),
        )
        for each, days in known
    ]
    return _standing_in(alias, [each for each, _days in known]), _is_open(alias, any_of(bounds))


def _incomplete(alias: str) -> tuple[Sql, Sql]:
    stages = queries.all_stages()
    ids = {name: [each.id for each in stages if name in each.required] for name in (LINES, DECISION_MAKER)}
    decided = f"SELECT 1 FROM {Contact._meta.db_table} d WHERE d.opportunity_id = {alias}.id AND d.role = %s"
    lacks = [
        Sql(f"{alias}.stage_id = ANY(%s) AND {alias}.line_count = 0", (ids[LINES],)),
        Sql(
            f"{alias}.stage_id = ANY(%s) AND NOT EXISTS ({decided})",
            (ids[DECISION_MAKER], DealRole.DECISION_MAKER.value),
        ),
    ]
    asking = [each for each in stages if {LINES, DECISION_MAKER} & {*each.required}]
    return _standing_in(alias, asking), _is_open(alias, any_of(lacks))


def _late(alias: str) -> tuple[Sql, Sql]:
    return _is_open(alias, Sql(f"{alias}.expected_close < %s", (today(),))), TRUE


WARNED = (
    Warned(
        Warns.INCOMPLETE,
        pgettext_lazy("opportunity", "lacking"),
        "red",
        _incomplete,
        "state stage line_count",
    ),
    Warned(Warns.STALE, pgettext_lazy("opportunity", "stale"), "amber", _stale, "state stage stage_since"),
    Warned(Warns.LATE, pgettext_lazy("opportunity", "past its close"), "red", _late, "state expected_close"),
)
