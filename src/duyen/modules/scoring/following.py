"""Scores follow every write of a lead, of what is done about it, and of the consents of who speaks.

They are worked out once, right before the transaction ends: what comes in by a form writes the lead, the
consents and the entry, and each of these calls for it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from duyen.entities.announcing import react
from duyen.entities.companions import Columns, Companion, accompany
from duyen.entities.registry import entity_named
from duyen.foundation.database.endings import gather
from duyen.modules.activities.queries import ties_of
from duyen.modules.activities.words import ActivityState
from duyen.modules.leads.words import SCORED
from duyen.modules.scoring import queries
from duyen.modules.scoring.actions.freezing import freeze
from duyen.modules.scoring.reckoning import rescore_these
from duyen.modules.scoring.rules import LIVE
from duyen.modules.scoring.ties import LEADS
from duyen.modules.web_forms.events import FormSent


class _Leads(Companion):
    """Scores new leads, and anew those that changed; keeps the score of one that moves no more."""

    def __init__(self) -> None:
        known = entity_named(LEADS).declared.fields
        named = {*SCORED.split(), "state"}
        columns = [column for each in known if each.name in named for column in each.columns]
        self.columns = tuple(dict.fromkeys((*columns, "custom", "party_id", "deleted_at")))

    def born(self, rows: Sequence[Columns]) -> None:
        _soon([row["id"] for row in rows])

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        _soon([row_id for row_id, row in after.items() if row != before[row_id]])
        moved = {row_id for row_id, row in before.items() if row["state"] in LIVE}
        freeze([row_id for row_id, row in after.items() if row_id in moved and row["state"] not in LIVE])


def _soon(lead_ids: Collection[int]) -> None:
    """Have some leads scored before the transaction ends, however often it is asked for."""
    if lead_ids:
        gather(rescore_these, lead_ids)


class _Activities(Companion):
    """Scores the leads anew that something done is about, or whose party it is about."""

    columns = ("about", "at", "kind", "state", "direction", "outcome", "is_private", "deleted_at")

    def born(self, rows: Sequence[Columns]) -> None:
        _look_again([row for row in rows if _is_done(row)])

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        told = [(before[row_id], row) for row_id, row in after.items() if row != before[row_id]]
        _look_again([each for pair in told if any(map(_is_done, pair)) for each in pair])


def _is_done(row: Columns) -> bool:
    return bool(row["state"] == ActivityState.DONE)


def _look_again(rows: Sequence[Columns]) -> None:
    if not rows:
        return
    leads = {each["id"] for row in rows for each in row["about"] or () if each.get("entity") == LEADS}
    ties = ties_of({row["id"] for row in rows})
    leads |= {record_id for entity, record_id, _party in ties if entity == LEADS}
    parties = {party for _entity, _record, party in ties if party is not None}
    _soon(leads | set(queries.live_of_parties(parties) if parties else ()))


class _Consents(Companion):
    """Scores the leads anew of those who gave or withdrew a consent."""

    columns = ("party_id", "state", "given_at", "expires_on", "deleted_at")

    def born(self, rows: Sequence[Columns]) -> None:
        _of_parties({row["party_id"] for row in rows})

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        moved = [row_id for row_id, row in after.items() if row != before[row_id]]
        _of_parties({rows[row_id]["party_id"] for row_id in moved for rows in (before, after)})


def _of_parties(party_ids: Collection[int]) -> None:
    _soon(queries.live_of_parties(party_ids) if party_ids else ())


def _sent(told: FormSent) -> None:
    _soon([told.lead_id])


def follow() -> None:
    """Begin to follow; once, at start-up."""
    accompany(entity_named(LEADS).model, _Leads())
    accompany(entity_named("activities").model, _Activities())
    accompany(entity_named("consents").model, _Consents())
    react(FormSent, _sent)
