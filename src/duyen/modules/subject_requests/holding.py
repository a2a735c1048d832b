"""What a granted restriction holds back: her lead, and new deals, leads and contacts that use her data.

Law keeps what it keeps: deals and activities that stand go on. What she asks for herself is no new use: a
call that comes in, what is noted about her data request, a form that she sends, a mail that she writes.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from duyen.entities.registry import all_entities, entity_named
from duyen.entities.restricted import Restriction, hold_new, restrict
from duyen.foundation.org.models import User
from duyen.kernel.text import fold
from duyen.modules.activities.words import CONTACTS, Direction
from duyen.modules.leads.queries import parties_behind
from duyen.modules.parties.queries import reached_by
from duyen.modules.subject_requests.queries import (
    ENTITY,
    NEEDS,
    restricted_people,
    restrictions_on,
    those_who_answer,
)

Row = Mapping[str, Any]
_PARTIES = "parties"
#: So many of those who may lift a restriction are named.
_NAMED = 2


def told_of(party_ids: Collection[int]) -> dict[int, Restriction]:
    """Give by party the restriction that stands on it, in the words of a refusal."""
    found = restrictions_on(party_ids)
    if not found:
        return {}
    who = _those_who_may()
    return {party: Restriction(each.code, who) for party, each in found.items()}


def _those_who_may() -> str:
    people = User.objects.filter(pk__in=those_who_answer()).order_by("full_name", "pk")
    return " · ".join(people.values_list("full_name", flat=True)[:_NAMED]) or "DPO"


def _on_leads(lead_ids: Collection[int]) -> dict[int, Restriction]:
    """Give by lead the restriction on one of the people to whom it points."""
    behind = parties_behind(lead_ids)
    found = told_of({party for parties in behind.values() for party in parties})
    return {
        lead: found[one]
        for lead, parties in behind.items()
        if (one := next((each for each in parties if each in found), None)) is not None
    }


def _by_links(*names: str) -> Any:
    """Give what tells which people new rows name by some links."""

    def named(_rows: Sequence[Row], new: Sequence[Row]) -> dict[int, tuple[str, Collection[int]]]:
        found: dict[int, tuple[str, Collection[int]]] = {}
        for place, row in enumerate(new):
            field = next((name for name in names if row.get(name)), None)
            if field is not None:
                found[place] = field, {row[name] for name in names if row.get(name)}
        return found

    return named


def _by_activity(rows: Sequence[Row], new: Sequence[Row]) -> dict[int, tuple[str, Collection[int]]]:
    """Tell whom new calls, visits, meetings, mails and letters are about that do not come from her."""
    asked = {
        place: frozenset(row["about"] or ())
        for place, (row, given) in enumerate(zip(rows, new, strict=True))
        if given.get("about")
        and row.get("kind") in CONTACTS
        and row.get("direction") != Direction.IN
        and not any(kind == ENTITY for kind, _id in row["about"])
    }
    parties = _parties_of({ref for refs in asked.values() for ref in refs})
    return {
        place: ("about", {party for ref in refs for party in parties.get(ref, ())})
        for place, refs in asked.items()
    }


def _parties_of(refs: Iterable[tuple[str, int]]) -> dict[tuple[str, int], Collection[int]]:
    """Give the parties that some records are, or belong to."""
    wanted: dict[str, set[int]] = {}
    for name, record_id in refs:
        wanted.setdefault(name, set()).add(record_id)
    found: dict[tuple[str, int], Collection[int]] = {}
    columns = {each.name: each.party for each in all_entities() if each.party}
    for name, ids in wanted.items():
        if name == "leads":
            found |= {(name, lead): parties for lead, parties in parties_behind(ids).items()}
        elif columns.get(name) == "id":
            found |= {(name, record_id): (record_id,) for record_id in ids}
        elif name in columns:
            rows = entity_named(name).model._default_manager.filter(pk__in=ids)
            found |= {
                (name, pk): (party,)
                for pk, party in rows.values_list("pk", columns[name])
                if party is not None
            }
    return found


def _by_lead(rows: Sequence[Row], new: Sequence[Row]) -> dict[int, tuple[str, Collection[int]]]:
    """Tell which leads name her: as who recommended them, or by her name with her phone or e-mail."""
    told: dict[int, tuple[str, Collection[int]]] = _by_links("referrer")(rows, new)
    asked = [
        (place, row)
        for place, (row, given) in enumerate(zip(rows, new, strict=True))
        if any(given.get(name) for name in ("name", "phones", "emails"))
    ]
    people = reached_by(restricted_people()) if asked else {}
    for place, row in asked if people else ():
        name = fold(str(row.get("name") or ""))
        ways = {each.value for field in ("phones", "emails") for each in row.get(field) or ()}
        same = {each for each, (known, at) in people.items() if fold(known) == name and ways & at}
        if same:
            told[place] = "name", same
    return told


def contribute() -> None:
    """Let restrictions hold. Called once, at start-up."""
    restrict(_PARTIES, told_of, needs=NEEDS)
    restrict("leads", _on_leads, needs=NEEDS)
    hold_new("opportunities", _PARTIES, _by_links("customer"))
    hold_new("activities", _PARTIES, _by_activity)
    hold_new("leads", _PARTIES, _by_lead)
