"""Copy all that is held of a person: a page to read, the same for programs, and her files, in one archive."""

from __future__ import annotations

import datetime as dt
import json
import zipfile
from collections.abc import Iterator, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from duyen.entities.attachments.reading import is_open
from duyen.entities.csv_writing import csv_lines
from duyen.entities.entity import Entity
from duyen.entities.exporting.files import file_of, whole_file
from duyen.entities.fields import Field, Link, Records, Ref, TaxCodeField
from duyen.entities.labels import Linked, link_labels
from duyen.entities.personal.copied_page import Section, page_of
from duyen.entities.personal.finding import Right, find, person_row
from duyen.entities.personal.holding import Said, Table, Telling
from duyen.entities.personal.ties import Rows
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.files.limits import limits
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.store import Missing, store_at
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker
from duyen.foundation.sensitive import unseal
from duyen.kernel.dates import show_moment

KIND = "copy"
#: Verbs of the trail: a copy was written, and it was fetched.
COPY, FETCH = "copy_data", "fetch_data"
PAGE, FILES = "index.html", "files"
#: The argument of a job that names the record on which it was asked for.
ASKED_ON = "asked_on"
_AT_ONCE = 500


def start(
    entity: Entity, record_id: int, *, actor: Actor, reason: str, needs: Right, asked_on: Ref | None = None
) -> Job:
    """Begin to copy what is held of a person, and give the job whose file waits for whoever asked.

    `asked_on` is the record on which that was asked for: the page of the work leads back to it.

    Raises NotAllowed, NotFound or NoPerson.
    """
    row = person_row(entity, record_id, actor=actor, needs=needs)
    arguments = {"entity": entity.name, "record": record_id, "reason": reason, "needs": list(needs)}
    with transaction.atomic():
        label = _("Copy of the personal data of %(code)s") % {"code": row["code"]}
        job = ask(
            KIND, actor=actor, label=label, arguments={**arguments, "format": "zip", ASKED_ON: asked_on}
        )
        leave_to_worker(job)
    return job


def judge(job: Job, *, actor: Actor) -> tuple[Entity, Mapping[str, Any]]:
    """Give whose data a job copies, to whoever may have them now. Raises NotAllowed, NotFound, NoPerson."""
    told = job.arguments
    entity = entity_named(told["entity"])
    needs = (str(told["needs"][0]), str(told["needs"][1]))
    return entity, person_row(entity, told["record"], actor=actor, needs=needs)


@job_kind(KIND)
def copy(run: Run) -> None:
    """Write the archive of a job; one that was broken off is written anew."""
    actor = run.actor()
    entity, row = judge(run.job, actor=actor)
    run.save(done=0)
    with whole_file(file_of(run.job)) as half:
        count = _write(half, entity, row, actor, run)
        judge(run.job, actor=run.actor())
    run.save(done=count, total=count, result={"exported": count})
    note(run.job, COPY, actor=actor)


def note(job: Job, verb: str, *, actor: Actor) -> None:
    """Note in the trail, on the page of the person, that her data were copied or the copy fetched."""
    told = job.arguments
    entity = entity_named(told["entity"])
    trail.note_opened(
        actor,
        f"{entity.name}.{verb}",
        entity=entity.family,
        record_id=told["record"],
        note=str(told["reason"]),
        told={"entries": job.result.get("exported", 0)},
    )


def _write(path: Any, entity: Entity, row: Mapping[str, Any], actor: Actor, run: Run) -> int:
    sections: list[Section] = []
    count = 0
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for rows in find(entity, row["id"]).rows:
            if rows.table.model is File:
                sections.append(_files(archive, rows))
            elif rows.table.label and rows.table.model is not FileVersion:
                section = Section(str(rows.table.label), list(_told(rows, actor)))
                _add_data(archive, rows.table.name, section)
                sections.append(section)
            count += len(rows.alone) + len(rows.shared)
            run.save(done=count)
        archive.writestr(PAGE, page_of(str(row["name"]), [each for each in sections if each.rows]))
    return count


def _add_data(archive: zipfile.ZipFile, name: str, section: Section) -> None:
    """Add the rows of one table for programs, as JSON and as CSV."""
    told = [dict(row) for row in section.rows]
    archive.writestr(f"data/{name}.json", json.dumps(told, ensure_ascii=False, indent=1))
    heads = list(dict.fromkeys(head for row in told for head in row))
    lines = ([row.get(head, "") for head in heads] for row in told)
    archive.writestr(f"data/{name}.csv", b"".join(csv_lines(heads, lines)))


def _told(rows: Rows, actor: Actor) -> Iterator[list[tuple[str, str]]]:
    """Give each row as pairs of label and words: of one that others share, no words that they wrote."""
    for ids, is_shared in ((rows.alone, False), (rows.shared, True)):
        for start_at in range(0, len(ids), _AT_ONCE):
            part = ids[start_at : start_at + _AT_ONCE]
            held = list(rows.table.model._default_manager.filter(pk__in=part).order_by("pk").values())
            if rows.table.entity is not None:
                for row in held:
                    rows.table.entity.unfold(row)
            told = _telling(rows.table, actor, is_shared=is_shared)
            linked = link_labels(actor, [each for _, each in told if isinstance(each, Field)], held)
            for row in held:
                pairs = [(_head(each), _words(each, column, row, linked)) for column, each in told]
                yield [(label, words) for label, words in pairs if words not in ("", "—")]


def _telling(table: Table, actor: Actor, *, is_shared: bool) -> list[tuple[str, Telling]]:
    """Give what is told of the rows of a table, by column: of what others share, no words that they wrote."""
    told: list[tuple[str, Telling]] = list(table.tells.items())
    if table.entity is not None:
        readable = table.entity.readable(actor)
        told = [(each.columns[0], each) for each in readable if not isinstance(each, Link)]
    if not is_shared:
        return told
    return [(column, each) for column, each in told if not _columns(column, each) & set(table.erases)]


def _columns(column: str, told: Telling) -> set[str]:
    return set(told.columns) if isinstance(told, Field) else {column}


def _head(told: Telling) -> str:
    return str(told.label if isinstance(told, Field | Said) else told)


def _words(told: Telling, column: str, row: Mapping[str, Any], linked: Linked) -> str:
    if isinstance(told, Field):
        return _shown(told, row, linked)
    value = row[column]
    if value in (None, "", [], {}):
        return ""
    return told.words(value) if isinstance(told, Said) else _said(value)


def _shown(field: Field, row: Mapping[str, Any], linked: Linked) -> str:
    if isinstance(field, TaxCodeField) and row.get(field.sealed_column):
        return unseal(row[field.sealed_column])
    if isinstance(field, Link):
        return _name(linked, field.to, row[field.columns[0]])
    if isinstance(field, Records):
        return "; ".join(filter(None, _names(field, row, linked)))
    return str(field.show(field.load(row)))


def _names(field: Records, row: Mapping[str, Any], linked: Linked) -> Iterator[str]:
    """Name the records of a field, and those among them who are none by what was written of them."""
    for each in field.load(row):
        refs = field.refs([each])
        yield from [_name(linked, *ref) for ref in refs] if refs else [field.show([each])]


def _name(linked: Linked, kind: str, record_id: int | None) -> str:
    found = linked.get(kind, {}).get(record_id or 0)
    return found.label if found is not None and found.is_open else ""


def _said(value: Any) -> str:
    if isinstance(value, dt.datetime):
        return show_moment(value)
    if isinstance(value, list | dict):
        return ", ".join(filter(None, _leaves(value)))
    return str(value)


def _leaves(value: Any) -> Iterator[str]:
    """Give what stands in lists and objects, however deep."""
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for each in value:
            yield from _leaves(each)
    elif value is not None:
        yield str(value)


def _files(archive: zipfile.ZipFile, rows: Rows) -> Section:
    """Add the contents of her files, each version; what a scanner withholds is told and left out."""
    told: list[list[tuple[str, str]]] = []
    known = limits()
    versions = FileVersion.objects.filter(file_id__in=list(rows.alone)).order_by("file_id", "number")
    for each in versions:
        place = f"{FILES}/{each.file_id}/{each.number}-{each.name}"
        if not is_open(each.scan, known):
            told.append([(each.name, _("not given out: it was not scanned, or is harmful"))])
            continue
        try:
            with archive.open(place, "w", force_zip64=True) as target:
                for part in store_at(each.place).read(each.key):
                    target.write(part)
        except Missing:
            place = _("the content is not there any more")
        told.append([(each.name, place)])
    return Section(str(rows.table.label), told)
