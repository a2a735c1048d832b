"""The proof that a person was erased, and on her page that the use of her data is restricted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from duyen.entities.personal.holding import tables
from duyen.entities.personal.proving import digest_of
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.modules.leads import matching
from duyen.modules.leads.queries import speaker_of
from duyen.modules.subject_requests.models import SubjectRequest
from duyen.modules.subject_requests.queries import (
    ENTITY,
    NEEDS,
    corrections_on,
    erasure_of,
    person_of,
    restrictions_on,
)
from duyen.modules.subject_requests.words import OPEN

Content = Callable[[Actor, Mapping[str, Any]], Mapping[str, Any]]


def proof_of(_actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell when and by whom the person was erased, what became of how many rows, and what stays by law."""
    proof = erasure_of(row)
    if proof is None:
        return {"proof": None}
    labels = {each.name: each.label for each in tables()}
    sums = ((name, sum(counts.values())) for name, counts in proof.counted.items())
    counted = [(labels[name], count) for name, count in sums if count and labels.get(name)]
    return {"proof": proof, "counted": counted, "is_whole": proof.digest == digest_of(proof)}


def is_open(row: Mapping[str, Any]) -> bool:
    """Tell whether a request still waits for its answer, and names somebody."""
    return row["state"] in OPEN and person_of(row) is not None


def perhaps_hers(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Propose what else may be held of the same person: what shares a number or an address with her."""
    found = person_of(row)
    known, leads = matching.like_party(actor, found[1]) if found else ([], [])
    if not (known or leads):
        return {}
    return {
        "known": [(each, matching.reasons_in_words(each.reasons)) for each in known],
        "leads": [(each, matching.reasons_in_words(each.reasons)) for each in leads],
    }


def is_person(row: Mapping[str, Any]) -> bool:
    """Tell whether a record is that of a person: a company restricts nothing."""
    personal = entity_named("customers").personal
    return bool(personal and personal.herself and personal.herself.is_person(row))


def correction_on(entity: str) -> Content:
    """Give what tells, on the page of a record, which correction of it waits, in the person's words.

    To whoever may change the record.
    """

    def told(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
        waiting = corrections_on(lead=row["id"]) if entity == "leads" else corrections_on(customer=row["id"])
        return _corrections(actor, entity, row, waiting)

    return told


def _corrections(
    actor: Actor, entity: str, row: Mapping[str, Any], waiting: Sequence[SubjectRequest]
) -> Mapping[str, Any]:
    whose = {"record_id": row["id"], "owner_id": row["owner_id"], "unit_id": row["unit_id"]}
    if not waiting or not actor.scope(entity, CHANGE).covers(**whose):
        return {}
    found = entity_named(ENTITY).rows(actor).filter(pk__in=[each.pk for each in waiting])
    seen = set(found.values_list("pk", flat=True))
    return {
        "waiting": [
            {
                "code": each.code,
                "wish": each.wish,
                "due_at": each.due_at,
                "url": f"/{ENTITY}/{each.pk}" if each.pk in seen else "",
            }
            for each in waiting
        ]
    }


def restriction_on_lead(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell the same of whoever speaks in a lead."""
    speaker = speaker_of(row["id"])
    return restriction_on(actor, {"id": speaker}) if speaker else {}


def restriction_on(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Tell that the use of somebody's data is restricted, since when, and by which request."""
    found = restrictions_on([row["id"]]).get(row["id"])
    if found is None:
        return {}
    is_open = entity_named(ENTITY).rows(actor).filter(pk=found.pk).exists()
    url = f"/{ENTITY}/{found.pk}" if is_open else ""
    return {"since": found.answered_at, "code": found.code, "url": url, "may_lift": actor.may(*NEEDS)}
