"""Erase a person by making her rows nobody's: beforehand as a preview, then in chunks by a job, with a proof.

Her record stays in the bin, without her, because papers that a law makes us keep name it by its number;
nothing brings back what it held.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, transaction
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from psycopg import sql

from duyen.entities.entity import Entity
from duyen.entities.exporting.files import file_of
from duyen.entities.fields import Label
from duyen.entities.merging.declared import Hanging
from duyen.entities.merging.moving import rows_as_json, write_json
from duyen.entities.models import Erasure
from duyen.entities.personal import copying
from duyen.entities.personal.declared import Kept
from duyen.entities.personal.finding import Found, Right, Rows, find, person_row
from duyen.entities.personal.holding import Table
from duyen.entities.personal.mentions import mentions, without
from duyen.entities.personal.standing import refuse_erased
from duyen.entities.personal.trails import entries_of
from duyen.entities.registry import entity_named
from duyen.entities.standard import into_bin
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.blanking import blank
from duyen.foundation.audit.models import History
from duyen.foundation.audit.trail import new_operation_id
from duyen.foundation.database.beside import note
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.foundation.sensitive import digest
from duyen.kernel.clock import now

KIND, ERASE = "erase", "erase"
#: So many rows are written by one transaction.
CHUNK = 500
_DONE = "erasure_done"
#: The file in the data folder that says who was erased.
BESIDE = "erasures.jsonl"


@dataclass(frozen=True)
class Line:
    """What an erasure does to the rows of one table: how many hold her alone, and how many others share."""

    label: Label
    alone: int
    shared: int
    goes: bool
    fields: Sequence[Label]
    keeps: Sequence[Kept]


def preview(entity: Entity, record_id: int, *, actor: Actor, needs: Right) -> list[Line]:
    """Tell what an erasure would take away and what stays by which law. Raises as `start` does."""
    person_row(entity, record_id, actor=actor, needs=needs)
    return [_line(each) for each in find(entity, record_id).rows if each.table.label]


def _line(rows: Rows) -> Line:
    table = rows.table
    fields = table.entity.declared.fields if table.entity else ()
    goes = [each.label for each in fields if set(each.columns) & set(table.personal.erases)]
    return Line(
        table.label, len(rows.alone), len(rows.shared), table.personal.goes, goes, table.personal.keeps
    )


def start(entity: Entity, record_id: int, *, actor: Actor, reason: str, needs: Right) -> Job:
    """Begin to erase a person, for good, and give the job that does it. `reason` names what asked for it.

    Raises NotAllowed, NotFound, NoPerson, or Erased where that was done before.
    """
    with transaction.atomic():
        erasure = begin(entity, record_id, actor=actor, reason=reason, needs=needs)
        arguments = {"entity": entity.name, "record": record_id, "operation": erasure.pk}
        arguments["needs"] = list(needs)
        label = _("Erase the personal data of %(code)s") % {"code": erasure.code}
        job = ask(KIND, actor=actor, label=label, arguments=arguments)
        leave_to_worker(job)
    return job


def begin(entity: Entity, record_id: int, *, actor: Actor, reason: str, needs: Right) -> Erasure:
    """Write down that a person is being erased, for a caller that goes on with `go_on` itself.

    Must run inside a transaction. Raises as `start` does.
    """
    row = person_row(entity, record_id, actor=actor, needs=needs)
    _take_turn(record_id)
    refuse_erased(entity.family, [record_id])
    erasure = Erasure.objects.create(
        id=new_operation_id(),
        entity=entity.name,
        family=entity.family,
        record_id=record_id,
        code=row["code"],
        began_at=now(),
        by_id=actor.user_id,
        by_name=actor.name,
        reason=reason,
    )
    _keep_beside(entity, row, actor, reason, needs)
    return erasure


def go_on(erasure: Erasure, *, actor: Callable[[], Actor], needs: Right) -> None:
    """Erase a person of whom `begin` was told, to the end; broken off before, once more from the start.

    `actor` gives who does it with the rights of that moment.
    """
    entity = entity_named(erasure.entity)
    _erase(_Erasing(entity, erasure.record_id, erasure.pk, needs, actor, lambda _count: None))


def mac_of(entity: Entity, row: Mapping[str, Any]) -> str:
    """Give the digest by which the record of somebody who was erased is known again, in hexadecimal."""
    made_at = row["created_at"].astimezone(dt.UTC).isoformat()
    return digest(f"erasure:{entity.family}:{row['id']}:{row['code']}:{made_at}").hex()


def _keep_beside(entity: Entity, row: Mapping[str, Any], actor: Actor, reason: str, needs: Right) -> None:
    """Let a restored backup not make us forget that she was erased."""
    told = {"entity": entity.name, "record": row["id"], "mac": mac_of(entity, row), "at": now().isoformat()}
    note(BESIDE, [{**told, "by": actor.name, "reason": reason, "needs": list(needs)}])


def _take_turn(record_id: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('erase'), %s)", [record_id % 2**31])


@dataclass(frozen=True)
class _Erasing:
    """One process at work on the erasure of one person; `told` is told how many rows are done."""

    entity: Entity
    record_id: int
    operation: int
    needs: Right
    actor: Callable[[], Actor]
    told: Callable[[int], None]

    def row(self) -> dict[str, Any]:
        """Read her record with the rights of this moment. Raises NotAllowed, NotFound."""
        return person_row(self.entity, self.record_id, actor=self.actor(), needs=self.needs)


@job_kind(KIND)
def erase(run: Run) -> None:
    """Erase the person of a job; after a crash it goes through all rows anew, which does no harm."""
    told = run.job.arguments
    needs = (str(told["needs"][0]), str(told["needs"][1]))

    def count(more: int) -> None:
        run.save(done=run.job.done + more)

    entity = entity_named(told["entity"])
    _erase(_Erasing(entity, told["record"], told["operation"], needs, run.actor, count))


def _erase(work: _Erasing) -> None:
    """Make all rows nobody's, her own last, because by what it holds she is found in the words of others."""
    found = find(work.entity, work.row()["id"])
    mentioned = _mentioned(work.entity, found)
    # What is about to go is looked for in the trail now, while the words by which to find it are known.
    entries = list(entries_of(found, mentioned))
    counted = _Counted()
    for rows in reversed(found.rows):
        for ids, is_shared in _chunks(rows):
            written = _write(work, rows.table, ids, mentioned, is_shared=is_shared)
            counted.add(rows.table, written, is_shared=is_shared)
            work.told(len(ids))
    entries += entries_of(found, None)
    _forget_copies(work)
    entries += _written_by(work.operation)
    _prove(work, found, counted, blank(dict.fromkeys(entries), erasure=work.operation))


def _forget_copies(work: _Erasing) -> None:
    """Delete the copies of her data that still wait to be fetched."""
    names = [each.name for each in (work.entity, *work.entity.relatives)]
    copies = Job.objects.filter(kind=copying.KIND, arguments__entity__in=names)
    for job in copies.filter(arguments__record=work.record_id):
        file_of(job).unlink(missing_ok=True)


def _written_by(operation: int) -> list[int]:
    """Give the entries that the erasure itself wrote: they tell what was there before."""
    written = History.objects.filter(operation=operation).exclude(changes=None, note="")
    return list(written.order_by("id").values_list("id", flat=True))


def _mentioned(entity: Entity, found: Found) -> re.Pattern[str] | None:
    """Compile the names and numbers by which the person can be told in the words of others."""
    held = list(entity.model._default_manager.filter(pk__in=list(found.people)).values())
    words = [word for each in held for word in (*each.get("emails", ()), each.get("tax_code", ""))]
    return mentions(
        [each["name"] for each in held], [phone for each in held for phone in each.get("phones", ())], words
    )


def _chunks(rows: Rows) -> Iterator[tuple[Sequence[int], bool]]:
    for ids, is_shared in ((rows.alone, False), (rows.shared, True)):
        for start_at in range(0, len(ids), CHUNK):
            yield ids[start_at : start_at + CHUNK], is_shared


def _write(
    work: _Erasing,
    table: Table,
    ids: Sequence[int],
    mentioned: re.Pattern[str] | None,
    *,
    is_shared: bool,
) -> int:
    """Write one chunk with the rights of this moment, and give how many rows it changed."""
    with transaction.atomic():
        work.row()
        actor = work.actor()
        trail.begin(actor, f"{work.entity.name}.{ERASE}", operation_id=work.operation)
        held = rows_as_json(table.name, ids)
        if is_shared:
            changes = {each: _unnamed(table, row, mentioned) for each, row in held.items()}
        elif table.personal.goes:
            return _delete(table, list(held.values()))
        else:
            changes = {each: _neutral(table, row, actor) for each, row in held.items()}
        changes = {each: new for each, new in changes.items() if new}
        write_json(Hanging(table.model, ("id",), table.label), changes, actor=actor)
    return len(changes)


def _neutral(table: Table, row: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    """Give the columns of a row about her alone that change."""
    new = {column: _blank_of(value, row[column]) for column, value in table.erases.items()}
    if table.personal.herself and row["deleted_at"] is None:
        new |= json.loads(json.dumps(into_bin(actor, ""), default=str))
    return {column: value for column, value in new.items() if value != row[column]}


def _unnamed(table: Table, row: Mapping[str, Any], mentioned: re.Pattern[str] | None) -> dict[str, Any]:
    """Give the columns of a row that others share in which she was named, without her."""
    if mentioned is None or table.personal.goes:
        return {}
    instead = in_company_language(_("[erased]"))
    new = {column: without(row[column], mentioned, instead) for column in table.erases}
    return {column: value for column, value in new.items() if value != row[column]}


def _blank_of(neutral: Any, held: Any) -> Any:
    value = neutral(held) if callable(neutral) else neutral
    return in_company_language(value) if isinstance(value, Promise) else value


def in_company_language(words: Any) -> str:
    """Give words that are kept in rows, for everybody: in the language of the company."""
    with translation.override(settings.LANGUAGE_CODE):
        return str(words)


def _delete(table: Table, rows: Sequence[Mapping[str, Any]]) -> int:
    key = str(table.model._meta.pk.column) if table.model._meta.pk else "id"
    statement = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(
        sql.Identifier(table.name), sql.Identifier(key)
    )
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement, [[row[key] for row in rows]])
    if table.personal.clears:
        clears = table.personal.clears
        transaction.on_commit(lambda: clears(rows))
    return len(rows)


class _Counted:
    """How many rows of each table were made nobody's, and in how many others she was named."""

    def __init__(self) -> None:
        self.by_table: dict[str, dict[str, int]] = {}

    def add(self, table: Table, count: int, *, is_shared: bool) -> None:
        what = "named" if is_shared else "gone" if table.personal.goes else "erased"
        counts = self.by_table.setdefault(table.name, {})
        counts[what] = counts.get(what, 0) + count


def _prove(work: _Erasing, found: Found, counted: _Counted, entries: int) -> None:
    """Write down what was done, of whom, when, by whom; its digest stands in the trail, under its seals."""
    keeps = [
        {"table": rows.table.name, "columns": each.columns, "law": in_company_language(each.law)}
        | {"years": each.years, "rows": len(rows.alone)}
        for rows in found.rows
        for each in rows.table.personal.keeps
    ]
    erasure = Erasure.objects.get(pk=work.operation)
    erasure.finished_at = now()
    erasure.counted, erasure.keeps, erasure.entries = counted.by_table, keeps, entries
    erasure.digest = digest_of(erasure)
    with transaction.atomic():
        columns = ["finished_at", "counted", "keeps", "entries", "digest"]
        erasure.save(update_fields=columns)
        trail.note_opened(
            work.actor(),
            f"{erasure.entity}.{_DONE}",
            entity=erasure.family,
            record_id=erasure.record_id,
            told={"erasure": erasure.pk, "digest": erasure.digest},
        )


def digest_of(erasure: Erasure) -> str:
    """Give the digest of a proof, in hexadecimal: of all that it says, in an order of its own."""
    told = {
        each.attname: getattr(erasure, each.attname)
        for each in Erasure._meta.concrete_fields
        if each.attname != "digest"
    }
    return hashlib.sha256(json.dumps(told, sort_keys=True, default=str).encode()).hexdigest()
