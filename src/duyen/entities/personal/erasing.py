"""Erase people by making their rows nobody's: beforehand as a preview, then in chunks, each with a proof.

One person is the set of one: a job erases her, in chunks. Whoever erases many writes a whole set inside one
transaction of her own, and finishes it behind that.

Her record stays in the bin, without her, because papers that a law makes us keep name it by its number;
nothing brings back what it held.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from psycopg import sql

from duyen.entities.entity import Entity
from duyen.entities.exporting.files import file_of
from duyen.entities.fields import Label, Ref
from duyen.entities.merging.declared import Hanging
from duyen.entities.merging.moving import rows_as_json, write_json
from duyen.entities.models import Erasure
from duyen.entities.personal import copying
from duyen.entities.personal.declared import Kept
from duyen.entities.personal.finding import (
    Found,
    Judged,
    Right,
    by_table,
    find,
    find_all,
    person_row,
    person_rows,
)
from duyen.entities.personal.holding import Table
from duyen.entities.personal.mentions import mentions, without
from duyen.entities.personal.proving import (
    Counted,
    in_company_language,
    keep_beside,
    prove,
    what_stays,
)
from duyen.entities.personal.standing import Erased, erased_among
from duyen.entities.personal.ties import Rows, places_of
from duyen.entities.personal.trails import entries_of, written_by
from duyen.entities.registry import entity_named
from duyen.entities.standard import into_bin
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.blanking import blank
from duyen.foundation.audit.trail import new_operation_id
from duyen.foundation.database.endings import run_endings
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.kernel.clock import now

KIND, ERASE = "erase", "erase"
#: So many rows are written by one transaction.
CHUNK = 500


@dataclass(frozen=True)
class _Erasing:
    """One process at work on an erasure, the `operation`; `told` is told how many rows are done."""

    entity: Entity
    operation: int
    needs: Right
    actor: Callable[[], Actor]
    told: Callable[[int], None]
    people: Sequence[int]

    def judge(self) -> None:
        """Judge with the rights of this moment. Raises NotAllowed, NotFound."""
        for error in person_rows(
            self.entity, self.people, actor=self.actor(), needs=self.needs
        ).refused.values():
            raise error


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


def start(
    entity: Entity, record_id: int, *, actor: Actor, reason: str, needs: Right, asked_on: Ref | None = None
) -> Job:
    """Begin to erase a person, for good, and give the job that does it. `reason` names what asked for it.

    `asked_on` is the record on which that was asked for: the page of the work leads back to it.

    Raises NotAllowed, NotFound, NoPerson, or Erased where that was done before.
    """
    with transaction.atomic():
        judged = judge(entity, [record_id], actor=actor, needs=needs)
        for error in judged.refused.values():
            raise error
        (erasure,) = begin(entity, list(judged.rows.values()), actor=actor, reason=reason, needs=needs)
        arguments = {"entity": entity.name, "record": record_id, "operation": erasure.pk}
        arguments |= {"needs": list(needs), copying.ASKED_ON: asked_on}
        label = _("Erase the personal data of %(code)s") % {"code": erasure.code}
        job = ask(KIND, actor=actor, label=label, arguments=arguments)
        leave_to_worker(job)
    return job


def judge(entity: Entity, record_ids: Sequence[int], *, actor: Actor, needs: Right) -> Judged:
    """Tell who of some people may be erased, and hold the turn of each until the transaction ends.

    Why the others may not: NotFound, NoPerson, or Erased where that was done before. Raises NotAllowed.
    """
    judged = person_rows(entity, record_ids, actor=actor, needs=needs)
    _take_turns(sorted(judged.rows))
    before = erased_among(entity.family, judged.rows)
    going = {each: row for each, row in judged.rows.items() if each not in before}
    return Judged(going, {**judged.refused, **{each: Erased() for each in sorted(before)}})


def begin(
    entity: Entity, rows: Sequence[Mapping[str, Any]], *, actor: Actor, reason: str, needs: Right
) -> list[Erasure]:
    """Write down that people whom `judge` let pass are being erased, as one operation.

    Must run inside the transaction in which they were judged.
    """
    erasures: list[Erasure] = []
    for row in rows:
        erasure = Erasure(
            id=new_operation_id(),
            entity=entity.name,
            family=entity.family,
            record_id=row["id"],
            code=row["code"],
            began_at=now(),
            by_id=actor.user_id,
            by_name=actor.name,
            reason=reason,
        )
        erasure.operation = erasures[0].pk if erasures else erasure.pk
        erasures.append(erasure)
    Erasure.objects.bulk_create(erasures)
    keep_beside(entity, rows, actor, reason, needs)
    return erasures


def go_on(erasures: Sequence[Erasure], *, actor: Callable[[], Actor], needs: Right) -> None:
    """Erase people of whom `begin` was told, to the end; broken off before, once more from the start.

    `actor` gives who does it with the rights of that moment.
    """
    write(erasures, actor=actor, needs=needs)
    finish(erasures, actor=actor)


def _take_turns(record_ids: Sequence[int]) -> None:
    """Wait for whoever erases one of them, always in the same order."""
    turns = [each % 2**31 for each in record_ids]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(pg_advisory_xact_lock(hashtext('erase'), turn)) FROM unnest(%s::integer[]) turn",
            [turns],
        )


@job_kind(KIND)
def erase(run: Run) -> None:
    """Erase the person of a job; after a crash it goes through all rows anew, which does no harm."""
    told = run.job.arguments
    needs = (str(told["needs"][0]), str(told["needs"][1]))

    def count(more: int) -> None:
        run.save(done=run.job.done + more)

    erasures = [Erasure.objects.get(pk=told["operation"])]
    write(erasures, actor=run.actor, needs=needs, told=count)
    finish(erasures, actor=run.actor)


def write(
    erasures: Sequence[Erasure],
    *,
    actor: Callable[[], Actor],
    needs: Right,
    told: Callable[[int], None] = lambda _count: None,
) -> None:
    """Make all rows of some people nobody's, who share one operation; `told` hears how many rows are done.

    Each chunk is a transaction. Inside one of the caller's all of it stands or falls together.
    """
    waiting = list(erasures)
    people = [each.record_id for each in waiting]
    work = _Erasing(entity_named(waiting[0].entity), waiting[0].operation, needs, actor, told, people)
    known: set[int] = set()
    while waiting:
        founds = find_all(work.entity, [each.record_id for each in waiting])
        places = _apart(founds)
        part = [waiting[each] for each in places]
        _write_these(work, part, [founds[each] for each in places], known)
        known |= {entry for each in part for entry in each.unblanked}
        waiting = [each for place, each in enumerate(waiting) if place not in places]


def _apart(founds: Sequence[Found]) -> list[int]:
    """Give the places of those who share no row and no e-mail with anybody before them in the set.

    The others follow one after the other, as if each were alone: what somebody shares is hers, or is not,
    by what the one before left of it.
    """
    claimed: set[tuple[str, object]] = set()
    places = []
    for place, found in enumerate(founds):
        hers: set[tuple[str, object]] = {("", each) for each in found.emails}
        hers |= {(rows.table.name, each) for rows in found.rows for each in (*rows.alone, *rows.shared)}
        if not hers & claimed:
            places.append(place)
        claimed |= hers
    return places


def _write_these(
    work: _Erasing, erasures: Sequence[Erasure], founds: Sequence[Found], known: Collection[int]
) -> None:
    """Write people who share nothing, their own rows last: by those they are found in the words of others.

    `known` are the entries of the trail about those who were written before them.
    """
    mentioned = _mentioned(work.entity, founds)
    # What is about to go is looked for in the trail now, while the words by which to find it are known.
    _keep(erasures, entries_of(founds, mentioned))
    counted = [Counted(each.counted) for each in erasures]
    for rows in reversed(list(by_table(founds).values())):
        table = next(each.table for each in rows if each)
        for is_shared in (False, True):
            hers = places_of([(each.shared if is_shared else each.alone) if each else () for each in rows])
            for start_at in range(0, len(hers), CHUNK):
                part = {each: hers[each][0] for each in sorted(hers)[start_at : start_at + CHUNK]}
                words = {each: mentioned[place] for each, place in part.items()}
                changed = _write(work, table, words, is_shared=is_shared)
                for place in dict.fromkeys(part.values()):
                    count = sum(part[each] == place for each in changed)
                    counted[place].add(table, count, is_shared=is_shared)
                work.told(len(part))
    with transaction.atomic():
        # What hangs on the rows writes at the end of a transaction, and is in the trail as well.
        run_endings()
        for each, found, counts in zip(erasures, founds, counted, strict=True):
            each.counted, each.keeps = counts.by_table, what_stays(found)
        entries = zip(entries_of(founds), written_by(work.operation, founds, but=known), strict=True)
        _keep(erasures, [[*later, *own] for later, own in entries])


def _keep(erasures: Sequence[Erasure], entries: Sequence[Sequence[int]]) -> None:
    """Keep with each which entries are to be blanked, besides those of which is known."""
    for each, more in zip(erasures, entries, strict=True):
        each.unblanked = list(dict.fromkeys([*each.unblanked, *more]))
    Erasure.objects.bulk_update(erasures, ["counted", "keeps", "unblanked"])


def finish(erasures: Sequence[Erasure], *, actor: Callable[[], Actor]) -> None:
    """Blank the trail and write the proofs down, once what `write` wrote is committed."""
    _forget_copies(erasures)
    blanked = blank([each.unblanked for each in erasures], erasure=erasures[0].operation)
    prove(erasures, blanked, actor())


def _forget_copies(erasures: Sequence[Erasure]) -> None:
    """Delete the copies of their data that still wait to be fetched."""
    entity = entity_named(erasures[0].entity)
    names = [each.name for each in (entity, *entity.relatives)]
    copies = Job.objects.filter(kind=copying.KIND, arguments__entity__in=names)
    for job in copies.filter(arguments__record__in=[each.record_id for each in erasures]):
        file_of(job).unlink(missing_ok=True)


def _mentioned(entity: Entity, founds: Sequence[Found]) -> list[re.Pattern[str] | None]:
    """Compile the names and numbers by which each can be told in the words of others."""
    every = {each for found in founds for each in found.people}
    held = {row["id"]: row for row in entity.model._default_manager.filter(pk__in=every).values()}
    return [_mentioned_as([held[each] for each in found.people if each in held]) for found in founds]


def _mentioned_as(held: Sequence[Mapping[str, Any]]) -> re.Pattern[str] | None:
    words = [word for each in held for word in (*each.get("emails", ()), each.get("tax_code", ""))]
    return mentions(
        [each["name"] for each in held], [phone for each in held for phone in each.get("phones", ())], words
    )


def _write(
    work: _Erasing, table: Table, words: Mapping[int, re.Pattern[str] | None], *, is_shared: bool
) -> list[int]:
    """Write one chunk with the rights of this moment, and give the rows that it changed.

    `words` say by the row's id what mentions whose it is.
    """
    with transaction.atomic():
        work.judge()
        actor = work.actor()
        trail.begin(actor, f"{work.entity.name}.{ERASE}", operation_id=work.operation)
        held = rows_as_json(table.name, list(words))
        if is_shared:
            changes = {each: _unnamed(table, row, words[each]) for each, row in held.items()}
        elif table.personal.goes:
            return _delete(table, held)
        else:
            changes = {each: _neutral(table, row, actor) for each, row in held.items()}
        changes = {each: new for each, new in changes.items() if new}
        write_json(Hanging(table.model, ("id",), table.label), changes, actor=actor)
    return list(changes)


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


def _delete(table: Table, held: Mapping[int, Mapping[str, Any]]) -> list[int]:
    key = str(table.model._meta.pk.column) if table.model._meta.pk else "id"
    rows = list(held.values())
    statement = sql.SQL("DELETE FROM {} WHERE {} = ANY(%s)").format(
        sql.Identifier(table.name), sql.Identifier(key)
    )
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement, [[row[key] for row in rows]])
    if table.personal.clears:
        clears = table.personal.clears
        transaction.on_commit(lambda: clears(rows))
    return list(held)
