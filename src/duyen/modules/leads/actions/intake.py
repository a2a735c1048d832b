"""How leads come in: the one door for page, file, API and form, and the parties that are made for them.

Each new lead points at a party of its own, unverified, which nobody meets elsewhere; a second one where
somebody speaks for a company. Whom it may be among those that we know is proposed on its page and joined by
a person, never in silence.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from duyen.entities import standard
from duyen.entities.companions import Columns, Companion, accompany
from duyen.entities.registry import entity_named
from duyen.entities.standard import Done
from duyen.entities.writing import stored_fields, update_row
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.modules.leads import queries, rules
from duyen.modules.leads.models import Lead
from duyen.modules.leads.perhaps_known import like_somebody, marks_of_new, telling_keys
from duyen.modules.leads.words import Known
from duyen.modules.parties.actions import change_unverified, know_unverified
from duyen.modules.parties.words import PartyKind

NAME = "leads"


def capture(*, actor: Actor, values: Mapping[str, object], asked: Collection[str] | None = None) -> Done:
    """Take in a lead: what is given is kept word for word beside what is read from it.

    `asked` names the fields that a form or a mail could hold: what the company requires beside waits until
    a colleague opens the lead. Raises InvalidValues or NotAllowed.
    """
    return standard.create(entity_named(NAME), actor=actor, values=values, asked=asked)


def problems_of(
    *, actor: Actor, values: Mapping[str, object], asked: Collection[str] | None = None
) -> Sequence[FieldProblem]:
    """Say what of a lead cannot be read, without taking it in. Raises NotAllowed."""
    read = standard.read_many(entity_named(NAME), actor=actor, rows=[values], asked=asked)
    ((_values, problems),) = read.judged
    return problems


def give_parties(
    _actor: Actor, rows: Sequence[dict[str, Any]], alike: Mapping[str, Any]
) -> list[dict[str, Any]]:
    """Make the parties of new leads, and give the leads with the ids of these."""
    blank = {str(each.column): each.get_default() for each in stored_fields(Lead)}
    whole = [{**blank, **alike, **row} for row in rows]
    made = _made_for(whole, alike)
    told = marks_of_new(whole, made)
    return [{**row, **ends, "perhaps_known": mark} for row, ends, mark in zip(rows, made, told, strict=True)]


_STAMPS = ("version", "created_at", "updated_at", "created_by_id", "updated_by_id", "source_channel")


def _made_for(leads: Sequence[Mapping[str, Any]], alike: Mapping[str, Any]) -> list[dict[str, Any]]:
    stamps = {name: alike[name] for name in _STAMPS}
    firms = [rules.firm_of(each) for each in leads]
    wanted = [_numbered(lead, rules.speaker_of(lead, person=PartyKind.INDIVIDUAL.value)) for lead in leads]
    wanted += [
        _numbered(lead, firm, part="/2") for lead, firm in zip(leads, firms, strict=True) if firm is not None
    ]
    ids = iter(know_unverified(wanted, alike=stamps))
    speakers = [next(ids) for _lead in leads]
    found = []
    for speaker, firm in zip(speakers, firms, strict=True):
        firm_id = None if firm is None else next(ids)
        found.append(
            {"party_id": speaker, "own_party_id": speaker, "firm_id": firm_id, "own_firm_id": firm_id}
        )
    return found


def _numbered(lead: Mapping[str, Any], columns: Mapping[str, Any], part: str = "") -> dict[str, Any]:
    """Number a party by its lead until it has a number like others."""
    return {**columns, "code": f"{lead['code']}{part}", "code_unit_id": lead["code_unit_id"]}


class _OwnParties(Companion):
    """Lets the unverified parties of leads follow what is changed on these."""

    columns = rules.FOLLOWED

    def born(self, rows: Sequence[Columns]) -> None:
        """A new lead got its parties before it was written."""

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        moved = {row_id: row for row_id, row in after.items() if row != before[row_id]}
        ends = queries.own_ends(moved)
        changes: dict[int, Mapping[str, Any]] = {}
        for row_id, row in moved.items():
            speaker, firm = ends.get(row_id, (None, None))
            was = before[row_id]
            if speaker:
                changes[speaker] = _altered(_speaker(was), _speaker(row))
            if firm:
                changes[firm] = _altered(rules.firm_of(was) or {}, rules.firm_of(row) or {})
            elif row["company"] and not was["company"]:
                _give_firm(row_id, row)
        if told := {party: columns for party, columns in changes.items() if columns}:
            change_unverified(told)
        _look_again({row_id: before[row_id] for row_id in moved}, moved)


def _speaker(lead: Mapping[str, Any]) -> dict[str, Any]:
    return rules.speaker_of(lead, person=PartyKind.INDIVIDUAL.value)


def _altered(before: Mapping[str, Any], after: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in after.items() if name not in before or before[name] != value}


def _give_firm(lead_id: int, row: Mapping[str, Any]) -> None:
    """Make the establishment of a lead on which one is named later."""
    firm = rules.firm_of(row)
    lead = queries.numbered(lead_id)
    if firm is None or lead is None or lead["firm_id"] is not None:
        return
    stamps = {name: lead[name] for name in _STAMPS}
    (firm_id,) = know_unverified([_numbered(lead, firm, part="/2")], alike=stamps)
    update_row(Lead, lead_id, {"firm_id": firm_id, "own_firm_id": firm_id})


def _look_again(before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
    """Ask anew whom leads may be whose phones, addresses or names changed.

    Of whom somebody said that it is a new one, only what came to it is a new question.
    """
    keys = {row_id: telling_keys(row) for row_id, row in after.items()}
    was = {row_id: telling_keys(before[row_id]) for row_id in after}
    held = queries.undecided([row_id for row_id in after if keys[row_id] != was[row_id]])
    asked = {
        row_id: keys[row_id] - was[row_id] if each["perhaps_known"] == Known.NEW else keys[row_id]
        for row_id, each in held.items()
    }
    ends = [(held[row_id]["own_party_id"], held[row_id]["own_firm_id"]) for row_id in asked]
    found = like_somebody(list(asked.values()), ends)
    for place, row_id in enumerate(asked):
        now = held[row_id]["perhaps_known"]
        mark = Known.PERHAPS.value if place in found else now if now == Known.NEW else ""
        if mark != now:
            update_row(Lead, row_id, {"perhaps_known": mark})


def start() -> None:
    """Let the parties of leads follow every write of a lead. Called once, at start-up."""
    accompany(Lead, _OwnParties())
