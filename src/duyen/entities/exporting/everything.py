"""Everything that somebody may read, as CSV files in one archive: nobody is locked in.

The heads are the names of fields, and values stand as the API shows them, so that another program reads them:
ids and codes, days as 2026-12-31, several values divided by semicolons, addresses as JSON. The files of
records lie beside them, each version as it was handed in, with a list that says what each is. All of it shows
one moment: what is written meanwhile is in none of them.
"""

from __future__ import annotations

import datetime as dt
import json
import time
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from django.db import models, transaction
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.exporting.archive import Archive
from duyen.entities.exporting.asking import read_purpose
from duyen.entities.exporting.attached import NOT_AS_TABLES, add_files
from duyen.entities.exporting.files import file_of, whole_file
from duyen.entities.exporting.noting import EVERYTHING_BEGUN, EVERYTHING_TAKEN, EXPORTS
from duyen.entities.exporting.reading import needed_columns, stream_at
from duyen.entities.exporting.writing import Written
from duyen.entities.fields import Emails, Field, Flag, Link, Phones, Tags, TaxCodeField
from duyen.entities.merging.declared import Hanging
from duyen.entities.merging.hangings import hangings_of
from duyen.entities.registry import all_entities
from duyen.entities.sql import Sql, all_of, any_of, name
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import EXPORT_EVERYTHING, READ
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.database.snapshot import one_moment
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.foundation.sensitive import unseal

KIND = "export_everything"
_TELL_EVERY, _TELL_EVERY_SECONDS = 10_000, 2.0


_beside: list[Hanging] = []


def carry_out_too(*tables: Hanging) -> None:
    """Say what goes out beside records that no merge knows of, such as the positions of users."""
    _beside.extend(tables)


def judge_everything(purpose: str, *, actor: Actor) -> str:
    """Give the purpose as it is kept. Raises NotAllowed, OnlyLooking or InvalidValues."""
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    if not actor.may("users", EXPORT_EVERYTHING):
        raise NotAllowed(why=_("exporting everything is a right of its own."))
    return read_purpose(purpose)


def leave_everything(purpose: str, *, actor: Actor) -> Job:
    """Write down the job that writes the archive. Raises what `judge_everything` raises."""
    said = judge_everything(purpose, actor=actor)
    with transaction.atomic():
        arguments = {"purpose": said, "format": "zip"}
        job = ask(KIND, actor=actor, label=_("Export everything"), arguments=arguments)
        trail.note_opened(actor, EVERYTHING_BEGUN, entity=EXPORTS, note=said)
        leave_to_worker(job)
    return job


@job_kind(KIND)
def carry_everything_out(run: Run) -> None:
    """Write the archive of a job; one that broke off is written anew. Raises NotAllowed, JobCancelled."""
    job = run.job
    actor = run.actor()
    purpose = judge_everything(job.arguments["purpose"], actor=actor)
    run.save(done=0)

    told_at = time.monotonic()

    def tell(rows: int) -> None:
        # Rows come by thousands, contents of files one by one: whoever stops the work waits for neither.
        nonlocal told_at
        if rows - job.done >= _TELL_EVERY or time.monotonic() - told_at > _TELL_EVERY_SECONDS:
            told_at = time.monotonic()
            run.save(done=rows)

    with whole_file(file_of(job)) as half:
        rows = write_everything(half, actor=actor, tell=tell)
        judge_everything(purpose, actor=run.actor())
    run.save(done=rows, total=rows, result={"exported": rows})
    note_everything(actor, purpose, rows)


def note_everything(actor: Actor, purpose: str, rows: int) -> None:
    """Note in the trail that everything went out."""
    told = {"entries": rows, "whole": True}
    trail.note_opened(actor, EVERYTHING_TAKEN, entity=EXPORTS, note=purpose, told=told)


def write_everything(path: Path, *, actor: Actor, tell: Callable[[int], None] | None = None) -> int:
    """Write the archive of all that an actor may read, as it is now, and give how many rows it holds.

    Only what is committed goes in, all of it of one moment, however long the writing takes. The bin
    is in it. Fields and kinds that are closed to the actor are left out and named in `contents.csv`.
    """
    written = Written(tell)
    with (
        one_moment() as snapshot,
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=6) as file,
    ):
        archive = Archive(file, snapshot, written)
        for entity in all_entities():
            if actor.may(entity.name, READ):
                _add_entity(archive, entity, actor)
            else:
                archive.contents.append(["", str(entity.labels), "", _("not among your rights")])
        _add_hanging(archive, actor)
        add_files(archive, _with_files(actor))
        archive.close()
    return written.rows


def _add_entity(archive: Archive, entity: Entity, actor: Actor) -> None:
    fields = entity.readable(actor)
    hidden = [str(each.label) for each in entity.fields if each not in fields]
    extra = ["version", *(["deleted_at"] if entity.has_bin else [])]
    columns = list(dict.fromkeys([*needed_columns(fields), *extra]))
    cells = [_cell(each, opens=actor.is_system) for each in fields]

    def rows() -> Iterator[list[str]]:
        for found in _rows(archive, entity, columns, actor):
            for row in found:
                entity.unfold(row)
                yield [str(row["id"]), *(cell(row) for cell in cells), *(_plain(row[each]) for each in extra)]
            archive.written.add(len(found))

    heads = ["id", *(each.name for each in fields), *extra]
    archive.add(entity.name, str(entity.labels), heads, rows(), ", ".join(hidden))


def _rows(
    archive: Archive, entity: Entity, columns: Sequence[str], actor: Actor
) -> Iterator[list[dict[str, Any]]]:
    return stream_at(
        archive.snapshot,
        entity.table,
        columns,
        _inside(entity, actor),
        json_columns=entity.json_columns,
    )


def _inside(entity: Entity, actor: Actor, alias: str = "t") -> Sql:
    return all_of([entity.kind.at(alias), entity.scope.as_sql(actor.scope(entity.name, READ), alias)])


def _cell(each: Field, *, opens: bool) -> Callable[[Mapping[str, Any]], str]:
    """Give the function that writes a field; a number that is kept sealed opens for the system alone."""
    if isinstance(each, TaxCodeField) and opens:
        sealed = each.sealed_column

        def opened(row: Mapping[str, Any]) -> str:
            return unseal(row[sealed]) if row[sealed] else _plain(each.load(row))

        return opened
    if isinstance(each, (Phones, Emails, Tags)):
        column = each.columns[0]
        return lambda row: ";".join(row[column] or ())
    if isinstance(each, (Link, Flag)):
        column = each.columns[0]
        return lambda row: _plain(row[column])
    return lambda row: _plain(each.to_json(each.load(row)))


def _plain(value: Any) -> str:
    """Write a value as the API writes it."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, (dt.date, dt.datetime)):
        return value.isoformat()
    if isinstance(value, (list, tuple, dict)):
        return json.dumps(value, ensure_ascii=False) if value else ""
    return str(value)


def _add_hanging(archive: Archive, actor: Actor) -> None:
    """Add the rows of tables without an entity that hang on a record which the actor may read."""
    opened = [each for each in all_entities() if actor.may(each.name, READ)]
    own = {each.model for each in all_entities()}
    found: dict[type[models.Model], tuple[Hanging, list[Sql]]] = {}
    for entity in opened:
        for each in (*hangings_of(entity), *(each for each in _beside if _points_at(each, entity))):
            if each.model not in own and each.model not in NOT_AS_TABLES:
                found.setdefault(each.model, (each, []))[1].append(_hangs_on(each, entity, actor))
    for hanging, conditions in found.values():
        columns = [
            str(field.column)
            for field in hanging.model._meta.concrete_fields
            if not isinstance(field, models.BinaryField)
        ]
        _add_table(archive, hanging.table, str(hanging.label), columns, any_of(conditions))


def _with_files(actor: Actor) -> Sql:
    """Say that a file hangs on a record that the actor may read."""
    opened = [each for each in all_entities() if each.files is not None and actor.may(each.name, READ)]
    return any_of(
        all_of([Sql("t.entity = %s", (each.family,)), _belongs("record_id", each, actor)]) for each in opened
    )


def _points_at(hanging: Hanging, entity: Entity) -> bool:
    columns = {str(field.column): field.related_model for field in hanging.model._meta.concrete_fields}
    return any(columns[each] is entity.model for each in hanging.columns)


def _hangs_on(hanging: Hanging, entity: Entity, actor: Actor) -> Sql:
    """Say that a row hangs on a record of an entity that the actor may read."""
    roots = any_of(_belongs(column, entity, actor) for column in hanging.columns)
    # What hangs by name is kept under that of the entity, or under that of its family.
    names = [entity.name, entity.family]
    named = [Sql(f"t.{name(hanging.named)} = ANY(%s)", (names,))] if hanging.named else []
    return all_of([*named, roots])


def _belongs(column: str, root: Entity, actor: Actor) -> Sql:
    """Say that a column holds the id of a record that the actor may read."""
    inside = _inside(root, actor, "r")
    return Sql(
        f"t.{name(column)} IN (SELECT r.id FROM {name(root.table)} r WHERE {inside.text})", inside.params
    )


def _add_table(archive: Archive, table: str, what: str, columns: Sequence[str], where: Sql) -> None:
    def rows() -> Iterator[list[str]]:
        for found in stream_at(archive.snapshot, table, columns, where):
            for row in found:
                yield [_plain(row[each]) for each in columns]
            archive.written.add(len(found))

    archive.add(table, what, columns, rows(), "")
