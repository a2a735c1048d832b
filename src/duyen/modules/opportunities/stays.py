"""How long deals stand in each stage: a stay begins and ends with whatever step moves or closes a deal.

It hangs on the writing of deals, so that every door does the same: a step, the board, a file, a lead that is
converted.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from django.db import connection

from duyen.entities.companions import Columns, Companion, accompany
from duyen.entities.writing import insert_rows, next_ids
from duyen.foundation.access.actor import Actor
from duyen.modules.opportunities import queries, rules
from duyen.modules.opportunities.models import Opportunity, Stay
from duyen.modules.opportunities.words import CLOSED, UNDER_WAY, DealState, Left

_TOLD = ("stage_id", "stage_since", "state", "closed_on")


class _Stays(Companion):
    """Lets a stay begin and end with the moves of its deal."""

    columns = (*_TOLD, "state_since", "party_id", "created_by_id")

    def born(self, rows: Sequence[Columns]) -> None:
        begun = [_begun(row["id"], row, row["created_by_id"]) for row in rows]
        _insert([each for each in begun if each is not None], stood={})

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        moved = [pk for pk, row in after.items() if any(row[name] != before[pk][name] for name in _TOLD)]
        if not moved:
            return
        movers = queries.last_writers(moved)
        held = queries.last_stays(moved)
        places = queries.stages({each[pk]["stage_id"] for each in (before, after) for pk in moved})
        touched, begun = list[Stay](), list[dict[str, Any]]()
        for pk in moved:
            was, row, stay = before[pk], after[pk], held.get(pk)
            if stay is not None and _followed(stay, was, row, places):
                touched.append(stay)
            if _begins(stay, was, row) and (made := _begun(pk, row, movers.get(pk))):
                begun.append(made)
        Stay.objects.bulk_update(touched, ["entered_at", "left_at", "left", "rested"])
        _insert(begun, stood=queries.stood_in([each["opportunity_id"] for each in begun]))


def follow() -> None:
    """Begin to follow; once, at start-up."""
    accompany(Opportunity, _Stays())


def _followed(stay: Stay, was: Columns, row: Columns, places: Mapping[int, rules.Stage]) -> bool:
    """Change the last stay of a deal by what became of it; tells whether anything did."""
    is_other = was["stage_id"] != row["stage_id"]
    if stay.left_at is None and row["state"] in CLOSED:
        _rest(stay, was, rules.closing_moment(row["closed_on"], row["state_since"]))
        _leave(stay, rules.closing_moment(row["closed_on"], row["state_since"]), Left(row["state"]))
        return True
    if stay.left_at is None and is_other:
        _rest(stay, was, row["stage_since"])
        _leave(stay, row["stage_since"], rules.left_by(places, was["stage_id"], row["stage_id"]))
        return True
    if is_other or (was["state"] in CLOSED) != (row["state"] in CLOSED):
        return False
    if was["stage_since"] != row["stage_since"] and stay.stage_id == row["stage_id"]:
        stay.entered_at = min(row["stage_since"], stay.left_at or row["stage_since"])
        return True
    if was["state"] == DealState.ON_HOLD and row["state"] == DealState.OPEN:
        _rest(stay, was, row["state_since"])
        return True
    return False


def _leave(stay: Stay, at: dt.datetime, how: Left) -> None:
    stay.left_at, stay.left = max(at, stay.entered_at), how.value


def _rest(stay: Stay, was: Columns, until: dt.datetime) -> None:
    """Leave the days out on which a deal was put aside."""
    if was["state"] == DealState.ON_HOLD:
        stay.rested += rules.days_between(max(stay.entered_at, was["state_since"]), until)


def _begins(stay: Stay | None, was: Columns, row: Columns) -> bool:
    """Tell whether a stay begins: elsewhere, after a deal is taken up again, or where none is known."""
    if stay is None:
        return True
    is_back = was["state"] in CLOSED and row["state"] not in CLOSED
    return is_back or (row["state"] not in CLOSED and was["stage_id"] != row["stage_id"])


def _begun(deal_id: int, row: Columns, by: int | None) -> dict[str, Any] | None:
    """Give the stay of a deal in its stage; none where it was closed before it came there."""
    stay: dict[str, Any] = {
        "opportunity_id": deal_id,
        "party_id": row["party_id"],
        "stage_id": row["stage_id"],
        "entered_at": row["stage_since"],
        "entered_by_id": by,
        "left_at": None,
        "left": Left.STANDS.value,
    }
    if row["state"] not in CLOSED:
        return stay
    closed = rules.closing_moment(row["closed_on"], row["state_since"])
    return {**stay, "left_at": closed, "left": row["state"]} if closed >= row["stage_since"] else None


def _insert(rows: Sequence[Mapping[str, Any]], *, stood: Mapping[int, Collection[int]]) -> None:
    """Insert stays; `stood` are the stages in which their deals stood already, by deal: none for new ones."""
    ids = next_ids(Stay, len(rows)) if rows else ()
    known = {deal: set(stages) for deal, stages in stood.items()}
    marked = []
    for pk, row in zip(ids, rows, strict=True):
        stages = known.setdefault(row["opportunity_id"], set())
        marks = {"is_first": not stages, "is_first_there": row["stage_id"] not in stages}
        stages.add(row["stage_id"])
        marked.append({"id": pk, **row, **marks})
    insert_rows(Stay, marked)


# --- what is written for many deals at once ---------------------------------------------------------------

_ENDED = """
UPDATE opportunities_stay s SET left_at = greatest(%(at)s, s.entered_at), "left" = 'MOVED',
  rested = s.rested + CASE WHEN o.state = 'ON_HOLD' THEN greatest(0,
    (%(at)s::timestamptz AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
    - (greatest(s.entered_at, o.state_since) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
  ) ELSE 0 END
FROM opportunities_opportunity o
WHERE o.id = s.opportunity_id AND s.left_at IS NULL AND o.stage_id = %(here)s AND o.state = ANY(%(states)s)
"""
_BEGUN = """
INSERT INTO opportunities_stay
  (opportunity_id, party_id, stage_id, entered_at, entered_by_id, "left", rested, is_first, is_first_there)
SELECT id, party_id, %(there)s, %(at)s, %(by)s, '', 0,
  NOT EXISTS (SELECT FROM opportunities_stay s WHERE s.opportunity_id = o.id),
  NOT EXISTS (SELECT FROM opportunities_stay s WHERE s.opportunity_id = o.id AND s.stage_id = %(there)s)
FROM opportunities_opportunity o WHERE stage_id = %(here)s AND state = ANY(%(states)s)
"""


def move_all(here: int, there: int, at: dt.datetime, *, actor: Actor) -> None:
    """Let the stays of all deals under way in a stage that goes end, and begin in another one.

    Called before the deals themselves are moved.
    """
    told: dict[str, Any] = {
        "here": here,
        "there": there,
        "at": at,
        "by": actor.user_id,
        "states": [each.value for each in UNDER_WAY],
    }
    with connection.cursor() as cursor:
        cursor.execute(_ENDED, told)
        cursor.execute(_BEGUN, told)


def tell_path(paths: Mapping[int, Sequence[tuple[int, dt.datetime]]]) -> None:
    """Write in which stages deals stood before the present one, and since when, in this order.

    Each went on when the next one begins; the last of them when the stay that is known begins.
    """
    firsts = queries.first_stays(paths)
    rows = list[dict[str, Any]]()
    for deal, path in paths.items():
        first = firsts.get(deal)
        if first is None:
            continue
        ends = [*(entered for _stage, entered in path[1:]), first.entered_at]
        rows += [
            {
                "opportunity_id": deal,
                "party_id": first.party_id,
                "stage_id": stage,
                "entered_at": entered,
                "left_at": end,
                "left": Left.ON.value,
            }
            for (stage, entered), end in zip(path, ends, strict=True)
            if entered <= end
        ]
    _insert(rows, stood=queries.stood_in([row["opportunity_id"] for row in rows]))
