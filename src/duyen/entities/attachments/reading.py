"""Read which files a record has: always through the rows that the reader may see."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Count, F, Q, QuerySet

from duyen.entities.attachments.carried import Carried
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.through import readable_rows
from duyen.foundation.access.actor import Actor
from duyen.foundation.files.kinds import Kind, kind_of
from duyen.foundation.files.limits import Limits
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.words import Preview, Scan

#: So many files stand on one page of a list.
PAGE = 50


@dataclass(frozen=True)
class Version:
    """One content of a file: its facts, who brought it and when. `is_open`: it may be downloaded now."""

    id: int
    number: int
    name: str
    size: int
    sha256: str
    scan: str
    threat: str
    preview: str
    is_open: bool
    created_at: dt.datetime
    created_by: int | None
    who: str
    kind: Kind | None

    @property
    def has_preview(self) -> bool:
        return self.preview == Preview.MADE and self.is_open


@dataclass(frozen=True)
class Attached:
    """One file of a record with the version that holds; `family` and `record_id` name the record."""

    id: int
    family: str
    record_id: int
    name: str
    version: Version
    is_in_bin: bool

    @property
    def mime(self) -> str:
        return self.version.kind.mime if self.version.kind else "application/octet-stream"


@dataclass(frozen=True)
class FilePage:
    """Files of a record, the latest first; `next` is the id before which the following page begins."""

    files: tuple[Attached, ...]
    next: int | None


def family_of(entity: Entity) -> str:
    """Give the name under which files of an entity's records stand. Raises NotFound where it has none."""
    if entity.files is None:
        raise NotFound
    return entity.family


def refuse_unseen(entity: Entity, record_id: int, actor: Actor) -> None:
    """Refuse whoever may not see the record, the bin included. Raises NotFound."""
    if entity.files is None or not readable_rows(entity, actor, [record_id], deleted=None).exists():
        raise NotFound


def files_on(
    entity: Entity,
    record_id: int,
    *,
    actor: Actor,
    limits: Limits,
    before: int | None = None,
    in_bin: bool = False,
    limit: int = PAGE,
) -> FilePage:
    """List the files of one record. Raises NotFound."""
    refuse_unseen(entity, record_id, actor)
    return files_of_seen(
        family_of(entity), record_id, limits=limits, before=before, in_bin=in_bin, limit=limit
    )


def files_of_seen(
    family: str,
    record_id: int,
    *,
    limits: Limits,
    before: int | None = None,
    in_bin: bool = False,
    limit: int = PAGE,
    carried: Sequence[Carried] = (),
) -> FilePage:
    """List the files of a record that the reader has been shown already, and those that stand on it, too."""
    found = _on(family, record_id, carried).filter(deleted_at__isnull=not in_bin)
    if before is not None:
        found = found.filter(pk__lt=before)
    rows = list(found.order_by("-pk")[: limit + 1])
    files = attach(rows[:limit], limits=limits)
    return FilePage(tuple(files), rows[limit - 1].pk if len(rows) > limit else None)


def count_files(family: str, record_id: int, carried: Sequence[Carried] = ()) -> int:
    """Count the files of a record outside the bin, and those that stand on it, too: one query."""
    held = File.objects.filter(deleted_at=None).values("pk")
    parts = [held.filter(entity=each.entity.family, record_id__in=each.ids) for each in carried]
    return held.filter(entity=family, record_id=record_id).union(*parts, all=True).count()


def _on(family: str, record_id: int, carried: Sequence[Carried]) -> QuerySet[File]:
    """Give the files that stand on a record. The index `files_of_a_record` finds each of its parts."""
    kept = Q(entity=family, record_id=record_id)
    for each in carried:
        kept |= Q(entity=each.entity.family, record_id__in=list(each.ids))
    return File.objects.filter(kept)


def counts_of_files(family: str, record_ids: Collection[int]) -> dict[int, int]:
    """Count by record the files of some records outside the bin; one without files is left out."""
    found = File.objects.filter(entity=family, record_id__in=list(record_ids), deleted_at=None)
    return dict(found.order_by().values_list("record_id").annotate(Count("pk")))


def attached_since(records: Collection[tuple[str, int]], moment: dt.datetime) -> bool:
    """Tell whether a file, or a version of one, was attached to one of some records after a moment.

    Records are told by family and id.
    """
    about = Q()
    for family, record_id in records:
        about |= Q(entity=family, record_id=record_id)
    return bool(records) and FileVersion.objects.filter(about, created_at__gt=moment).exists()


def count_binned(family: str, record_id: int) -> int:
    """Count the files of a record in the bin."""
    return File.objects.filter(entity=family, record_id=record_id, deleted_at__isnull=False).count()


def file_on(
    entity: Entity, record_id: int, file_id: int, *, actor: Actor, limits: Limits, in_bin: bool | None = False
) -> Attached:
    """Give one file of a record. Raises NotFound."""
    refuse_unseen(entity, record_id, actor)
    found = File.objects.filter(pk=file_id, entity=family_of(entity), record_id=record_id)
    if in_bin is not None:
        found = found.filter(deleted_at__isnull=not in_bin)
    rows = list(found.order_by("pk"))
    if not rows:
        raise NotFound
    return next(attach(rows, limits=limits))


def beside(family: str, record_id: int, file_id: int) -> tuple[int | None, int | None]:
    """Give the ids of the files before and after one in the list of a record."""
    others = File.objects.filter(entity=family, record_id=record_id, deleted_at=None)
    earlier = others.filter(pk__gt=file_id).order_by("pk").values_list("pk", flat=True)[:1]
    later = others.filter(pk__lt=file_id).order_by("-pk").values_list("pk", flat=True)[:1]
    return next(iter(earlier), None), next(iter(later), None)


def versions_of(file_id: int, *, limits: Limits) -> list[Version]:
    """List the versions of a file that the reader has been shown already, the newest first."""
    rows = FileVersion.objects.filter(file_id=file_id).order_by("-number")
    return [_version(row, limits) for row in rows.values(*_COLUMNS, who=F("created_by__full_name"))]


def attach(rows: Sequence[File], *, limits: Limits) -> Iterator[Attached]:
    """Give files their versions that hold, in one query for all."""
    held = FileVersion.objects.filter(file__in=[row.pk for row in rows], number=F("file__current")).values(
        "file_id", *_COLUMNS, who=F("created_by__full_name")
    )
    by_file = {each["file_id"]: _version(each, limits) for each in held}
    return (
        Attached(row.pk, row.entity, row.record_id, row.name, by_file[row.pk], row.deleted_at is not None)
        for row in rows
    )


_COLUMNS = (
    "id",
    "number",
    "name",
    "ending",
    "size",
    "sha256",
    "scan",
    "threat",
    "preview",
    "created_at",
    "created_by_id",
)


def _version(row: Mapping[str, Any], limits: Limits) -> Version:
    return Version(
        id=row["id"],
        number=row["number"],
        name=row["name"],
        size=row["size"],
        sha256=row["sha256"],
        scan=row["scan"],
        threat=row["threat"],
        preview=row["preview"],
        is_open=is_open(row["scan"], limits),
        created_at=row["created_at"],
        created_by=row["created_by_id"],
        who=row["who"] or "",
        kind=kind_of(row["ending"]),
    )


def is_open(scan: str, limits: Limits) -> bool:
    """Tell whether a content may be given out as it was scanned."""
    if scan in (Scan.INFECTED, Scan.PENDING):
        return False
    return scan != Scan.UNSCANNED or not limits.holds
