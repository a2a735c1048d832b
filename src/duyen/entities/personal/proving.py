"""What proves that people were erased: a digest in the trail, and a line beside the database that outlives a
restored backup. Neither tells who they were.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import translation

from duyen.entities.entity import Entity
from duyen.entities.models import Erasure
from duyen.entities.personal.finding import Found, Right
from duyen.entities.personal.holding import Table
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.database.beside import note
from duyen.foundation.sensitive import digest
from duyen.kernel.clock import now

#: The file in the data folder that says who was erased.
BESIDE = "erasures.jsonl"
_DONE = "erasure_done"
#: What its digest leaves out: itself, and how it was done.
_UNTOLD = ("digest", "operation", "unblanked")


def in_company_language(words: Any) -> str:
    """Give words that are kept in rows, for everybody: in the language of the company."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(words)


def mac_of(entity: Entity, row: Mapping[str, Any]) -> str:
    """Give the digest by which the record of somebody who was erased is known again, in hexadecimal."""
    made_at = row["created_at"].astimezone(dt.UTC).isoformat()
    return digest(f"erasure:{entity.family}:{row['id']}:{row['code']}:{made_at}").hex()


def keep_beside(
    entity: Entity, rows: Sequence[Mapping[str, Any]], actor: Actor, reason: str, needs: Right
) -> None:
    """Let a restored backup not make us forget that they were erased."""
    alike = {"at": now().isoformat(), "by": actor.name, "reason": reason, "needs": list(needs)}
    note(
        BESIDE,
        [{"entity": entity.name, "record": row["id"], "mac": mac_of(entity, row), **alike} for row in rows],
    )


class Counted:
    """How many rows of each table were made nobody's, and in how many others she was named."""

    def __init__(self, before: Mapping[str, Mapping[str, int]]) -> None:
        """Go on with what was counted before it broke off."""
        self.by_table = {name: dict(counts) for name, counts in before.items()}

    def add(self, table: Table, count: int, *, is_shared: bool) -> None:
        what = "named" if is_shared else "gone" if table.personal.goes else "erased"
        counts = self.by_table.setdefault(table.name, {})
        counts[what] = counts.get(what, 0) + count


def what_stays(found: Found) -> list[dict[str, Any]]:
    """Say what stays of a person by which law."""
    return [
        {"table": rows.table.name, "columns": each.columns, "law": in_company_language(each.law)}
        | {"years": each.years, "rows": len(rows.alone)}
        for rows in found.rows
        for each in rows.table.personal.keeps
    ]


def prove(erasures: Sequence[Erasure], blanked: Sequence[int], actor: Actor) -> None:
    """Write down what was done, of whom, when, by whom; each digest stands in the trail, under its seals."""
    for each, entries in zip(erasures, blanked, strict=True):
        each.finished_at, each.entries, each.unblanked = now(), entries, []
        each.digest = digest_of(each)
    with transaction.atomic():
        Erasure.objects.bulk_update(erasures, ["finished_at", "entries", "unblanked", "digest"])
        trail.note_each(
            actor,
            f"{erasures[0].entity}.{_DONE}",
            entity=erasures[0].family,
            told={each.record_id: {"erasure": each.pk, "digest": each.digest} for each in erasures},
        )


def digest_of(erasure: Erasure) -> str:
    """Give the digest of a proof, in hexadecimal: of all that it says, in an order of its own."""
    told = {
        each.attname: getattr(erasure, each.attname)
        for each in Erasure._meta.concrete_fields
        if each.attname not in _UNTOLD
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
