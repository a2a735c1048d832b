"""How deals ended in a period: won and lost by reason, competitor, source, size and time in the last stage.

Three statements count whatever the reader may see, one pass over the deals each; what a number counts is said
as conditions of a list as well, so that it leads there.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from duyen.entities.fields import Label
from duyen.entities.patience import patience
from duyen.entities.registry import entity_named
from duyen.entities.reports.rules import percentile
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import access_epoch, unit_tree
from duyen.foundation.access.words import READ
from duyen.kernel.money import Money, show_short_money
from duyen.modules.opportunities import queries, rules
from duyen.modules.opportunities.actions.deals import NAME
from duyen.modules.opportunities.tabs import sees
from duyen.modules.opportunities.words import DealState

#: One condition of a list: field, operator, operand.
Condition = list[Any]
#: So many competitors stand on the page, those met most often.
_MOST_RIVALS = 50
_SUMS = """
count(*) FILTER (WHERE state = 'WON'), count(*) FILTER (WHERE state = 'LOST'),
sum(coalesce(actual_amount, amount)) FILTER (WHERE state = 'WON'), sum(amount) FILTER (WHERE state = 'LOST'),
avg(price_gap) FILTER (WHERE state = 'LOST')::bigint
"""
#: Grouped once by all of these, then those groups whole and by each; GROUPING tells by a bit of each which of
#: them a row is about.
_BY = ("source", "size", "stage_id", "stood", "win_reason", "loss_reason")
_DIVIDED = """
SELECT GROUPING(source, size, stage_id, stood, win_reason, loss_reason),
  source, size, stage_id, stood, win_reason, loss_reason,
  coalesce(sum(won), 0)::bigint, coalesce(sum(lost), 0)::bigint, sum(won_sum), sum(lost_sum),
  (sum(gap_sum) / nullif(sum(gap_count), 0))::bigint
FROM (
  SELECT source, size, stage_id, stood, win_reason, loss_reason,
    count(*) FILTER (WHERE state = 'WON') AS won, count(*) FILTER (WHERE state = 'LOST') AS lost,
    sum(coalesce(actual_amount, amount)) FILTER (WHERE state = 'WON') AS won_sum,
    sum(amount) FILTER (WHERE state = 'LOST') AS lost_sum,
    sum(price_gap) FILTER (WHERE state = 'LOST') AS gap_sum,
    count(price_gap) FILTER (WHERE state = 'LOST') AS gap_count
  FROM (
    SELECT d.*,
      width_bucket(d.amount, %s::bigint[]) AS size, width_bucket(d.days_in_stage, %s::int[]) AS stood
    FROM ({rows}) d
  ) d
  GROUP BY source, size, stage_id, stood, win_reason, loss_reason
) g
GROUP BY GROUPING SETS ((), (source), (size), (stage_id), (stood), (win_reason), (loss_reason))
"""
#: Whom a deal met stands in its encounters, which are read by their index alone; for the deal, which says the
#: same, its row would be read.
_BY_RIVAL = """
SELECT coalesce(e.competitor_id, 0) AS met, {sums}, count(*) FILTER (WHERE lost_to_id = competitor_id)
FROM ({rows}) d LEFT JOIN opportunities_encounter e ON e.opportunity_id = d.id
GROUP BY met ORDER BY count(*) DESC, met LIMIT {most}
"""
#: How many decided ones took how many days in each stage. Nearly all stood there once; the days of those that
#: came back are added up.
_BY_STAY = """
SELECT s.stage_id, d.state, s.days::bigint, count(*)
FROM ({rows}) d JOIN opportunities_stay s ON s.opportunity_id = d.id AND s.days IS NOT NULL
WHERE NOT EXISTS (
  SELECT FROM opportunities_stay a
  WHERE NOT a.is_first_there AND a.opportunity_id = s.opportunity_id AND a.stage_id = s.stage_id
)
GROUP BY s.stage_id, d.state, s.days
UNION ALL
SELECT stage_id, state, days, count(*)
FROM (
  SELECT s.stage_id, d.state, sum(s.days) AS days
  FROM (
    SELECT DISTINCT opportunity_id, stage_id FROM opportunities_stay WHERE NOT is_first_there
  ) a
  JOIN ({rows}) d ON d.id = a.opportunity_id
  JOIN opportunities_stay s
    ON s.opportunity_id = a.opportunity_id AND s.stage_id = a.stage_id AND s.days IS NOT NULL
  GROUP BY s.opportunity_id, s.stage_id, d.state
) k
GROUP BY stage_id, state, days
"""
#: All of these stand in the index of the day on which deals were closed.
_COLUMNS = (
    "id",
    *("state", "source", "stage_id", "amount", "actual_amount", "price_gap", "win_reason", "loss_reason"),
    *("days_in_stage", "lost_to_id"),
)


@dataclass(frozen=True)
class Asked:
    """Which deals are looked at: closed from `since` to `until`, of a unit and those below, of a pipeline."""

    since: dt.date
    until: dt.date
    unit: int | None = None
    pipeline: int | None = None

    @property
    def units(self) -> list[int]:
        """Give the unit and all below it."""
        if self.unit is None:
            return []
        return sorted(unit_tree(access_epoch()).below(self.unit, lambda _kind: True))

    @property
    def conditions(self) -> list[Condition]:
        """Say the same as conditions of a list."""
        days: list[Condition] = [["closed_on", "between", [self.since.isoformat(), self.until.isoformat()]]]
        units: list[Condition] = [["unit", "in", self.units]] if self.unit else []
        return [*days, *units, *([["pipeline", "eq", self.pipeline]] if self.pipeline else [])]


@dataclass(frozen=True)
class Tally:
    """What was won and lost: how many, for how much, at which gap to the winner's price on average."""

    won: int
    lost: int
    won_sum: int
    lost_sum: int
    gap: int | None

    @property
    def rate(self) -> int | None:
        return rules.win_rate(self.won, self.lost)

    @property
    def decided(self) -> int:
        return self.won + self.lost


@dataclass(frozen=True)
class Line:
    """One line of a table: what it is called, what was won and lost, by which conditions a list shows them.

    `lost_to` counts the deals that the competitor of the line won, where the line is about one.
    """

    label: Label
    tally: Tally
    conditions: Sequence[Condition]
    lost_to: int | None = None
    rival: int = 0


@dataclass(frozen=True)
class Table:
    """The lines of one way to divide the deals."""

    name: str
    title: str
    lines: Sequence[Line]
    is_reasons: bool = False


@dataclass(frozen=True)
class Stood:
    """How long deals stood in one stage: how many of them were won and lost, and the median of their days."""

    label: Label
    won: int
    lost: int
    won_days: Decimal | None
    lost_days: Decimal | None


@dataclass(frozen=True)
class Outcomes:
    """How deals ended: all together, and divided in as many ways as the reader may see; `stood` by stage."""

    whole: Tally
    tables: Sequence[Table]
    stood: Sequence[Stood] = ()


def may_look(actor: Actor) -> bool:
    """Tell whether the actor may see how deals ended."""
    return actor.may(NAME, READ) and sees(actor, "state", "closed_on")


def outcomes(actor: Actor, asked: Asked) -> Outcomes:
    """Tell how the deals ended that the actor may see. Raises TooSlow."""
    deals = entity_named(NAME)
    closed = [DealState.WON.value, DealState.LOST.value]
    rows = deals.rows(actor).filter(state__in=closed, closed_on__range=(asked.since, asked.until))
    if asked.unit is not None:
        rows = rows.filter(unit_id__in=asked.units)
    if asked.pipeline is not None:
        rows = rows.filter(pipeline_id=asked.pipeline)
    text, params = rows.order_by().values(*_COLUMNS).query.sql_with_params()
    with patience(deals, actor, is_needed=True), connection.cursor() as cursor:
        cursor.execute(_DIVIDED.format(rows=text), [list(rules.SIZES), list(rules.STANDS), *params])
        divided = cursor.fetchall()
        met: list[tuple[Any, ...]] = []
        if sees(actor, "competitors", "lost_to") and actor.may("competitors", READ):
            cursor.execute(_BY_RIVAL.format(sums=_SUMS, rows=text, most=_MOST_RIVALS), params)
            met = cursor.fetchall()
        stays: list[tuple[Any, ...]] = []
        if sees(actor, "stage", "stage_since"):
            cursor.execute(_BY_STAY.format(rows=text), [*params, *params])
            stays = cursor.fetchall()
    whole, by = _divided(divided)
    tables = [_reasons(by, "loss_reason"), _rivals(met), *_others(by), _reasons(by, "win_reason")]
    shown = {"rival", *(name for name, fields in _SHOWN_BY.items() if sees(actor, *fields))}
    return Outcomes(whole, [each for each in tables if each.name in shown and each.lines], _stood(stays))


#: Which fields a table tells of.
_SHOWN_BY = {
    "source": ("source",),
    "size": ("amount",),
    "stage_id": ("stage",),
    "stood": ("days_in_stage",),
    "win_reason": ("win_reason",),
    "loss_reason": ("loss_reason",),
}


def _divided(rows: Sequence[tuple[Any, ...]]) -> tuple[Tally, dict[str, dict[Any, Tally]]]:
    """Sort what one pass counted by what each row is about."""
    whole, by = Tally(0, 0, 0, 0, None), {name: dict[Any, Tally]() for name in _BY}
    everything = 2 ** len(_BY) - 1
    for mask, *told in rows:
        tally = _tally(told[len(_BY) :])
        if mask == everything:
            whole = tally
            continue
        place = next(place for place in range(len(_BY)) if not mask & 1 << (len(_BY) - 1 - place))
        by[_BY[place]][told[place]] = tally
    return whole, by


def _tally(told: Sequence[Any]) -> Tally:
    won, lost, won_sum, lost_sum, gap = told[:5]
    return Tally(won, lost, int(won_sum or 0), int(lost_sum or 0), gap)


def _reasons(by: dict[str, dict[Any, Tally]], name: str) -> Table:
    title = _("Why deals were lost") if name == "loss_reason" else _("Why deals were won")
    field = entity_named(NAME).field(name)
    held = sorted(by[name].items(), key=lambda each: -each[1].decided)
    return Table(
        name,
        title,
        [Line(field.show(code), tally, [[name, "eq", code]]) for code, tally in held if code],
        is_reasons=True,
    )


def _rivals(met: Sequence[tuple[Any, ...]]) -> Table:
    names = queries.competitor_names([row[0] for row in met])
    lines = []
    for rival, *told in met:
        where = ["competitors", "eq", rival] if rival else ["competitors", "empty", True]
        label = names.get(rival, "") if rival else _("No competitor met")
        lines.append(Line(label, _tally(told), [where], lost_to=told[5] if rival else None, rival=rival))
    return Table("rival", _("By competitor"), lines)


def _others(by: dict[str, dict[Any, Tally]]) -> Iterator[Table]:
    sources = sorted(by["source"].items(), key=lambda each: -each[1].decided)
    shown = entity_named(NAME).field("source")
    yield Table(
        "source",
        _("By source"),
        [
            Line(shown.show(code) if code else _("Not said"), tally, [_is("source", code)])
            for code, tally in sources
        ],
    )
    yield _bands(by["size"], "size", _("By size"), "amount", rules.SIZES, _size)
    yield _stages(by["stage_id"])
    stood = _("By days in the last stage")
    yield _bands(by["stood"], "stood", stood, "days_in_stage", rules.STANDS, _days)


def _is(name: str, value: Any) -> Condition:
    return [name, "eq", value] if value else [name, "empty", True]


def _stages(found: dict[Any, Tally]) -> Table:
    names = queries.stage_names(found)
    are_many = len({pipeline for pipeline, _name in names.values()}) > 1
    lines = [
        Line(f"{pipeline}: {name}" if are_many else name, found[pk], [["stage", "eq", pk]])
        for pk, (pipeline, name) in names.items()
    ]
    return Table("stage_id", _("By the stage in which it ended"), lines)


def _stood(rows: Sequence[tuple[Any, ...]]) -> list[Stood]:
    """Put what was counted of stays into the order of the stages."""
    told: dict[int, dict[str, dict[int, int]]] = {}
    for stage, state, days, number in rows:
        met = told.setdefault(stage, {}).setdefault(state, {})
        met[int(days)] = met.get(int(days), 0) + number
    names = queries.stage_names(told)
    are_many = len({pipeline for pipeline, _name in names.values()}) > 1
    found = []
    for pk, (pipeline, name) in names.items():
        won, lost = (told[pk].get(each.value, {}) for each in (DealState.WON, DealState.LOST))
        label = f"{pipeline}: {name}" if are_many else name
        numbers = (sum(won.values()), sum(lost.values()))
        found.append(Stood(label, *numbers, percentile(won.items(), 50), percentile(lost.items(), 50)))
    return found


def _bands(
    found: dict[Any, Tally],
    name: str,
    title: str,
    field: str,
    bounds: Sequence[int],
    words: Callable[[int | None, int | None], str],
) -> Table:
    lines = []
    for band in sorted(each for each in found if each is not None):
        least, below = rules.edges(band, bounds)
        conditions: list[Condition] = [] if least is None else [[field, "gte", least]]
        conditions += [[field, "lt", below]] if below is not None else []
        lines.append(Line(words(least, below), found[band], conditions))
    if None in found:
        lines.append(Line(_("Not known"), found[None], [[field, "empty", True]]))
    return Table(name, title, lines)


def words_of_size(band: int) -> str:
    """Say which sums one band of sizes holds."""
    return _size(*rules.edges(band, rules.SIZES))


def _size(least: int | None, below: int | None) -> str:
    locale = "vi" if (get_language() or "vi").startswith("vi") else "en"
    low, high = (
        show_short_money(Money(each), locale=locale) if each is not None else "" for each in (least, below)
    )
    if not low:
        return _("below %(sum)s") % {"sum": high}
    return (
        _("%(low)s to %(high)s") % {"low": low, "high": high}
        if high
        else _("%(sum)s and more") % {"sum": low}
    )


def _days(least: int | None, below: int | None) -> str:
    if below is None:
        return _("more than %(days)s days") % {"days": (least or 1) - 1}
    return pgettext("days", "%(low)s to %(high)s days") % {"low": least or 0, "high": below - 1}
