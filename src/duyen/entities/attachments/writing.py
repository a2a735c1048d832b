"""Add files to records, and change what is there: each write through the record's own right to be changed.

The content is kept before the row that names it is written: a crash between leaves a content that nobody
sees, which the sweep removes, and never a row without its content.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.db import transaction
from django.db.models import F

from duyen.entities.attachments.reading import family_of
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.locking import lock, named_on
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import Operation
from duyen.foundation.files.contents import judge
from duyen.foundation.files.errors import Nameless, NameTooLong, StoreUnreachable, TooLarge
from duyen.foundation.files.kinds import Kind, kind_of
from duyen.foundation.files.limits import Limits, scanner
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.names import LONGEST, ending_of, plain_name
from duyen.foundation.files.store import Unreachable, new_key, store_for_new
from duyen.foundation.files.tasks import look_at
from duyen.foundation.files.words import Place, Preview, Scan
from duyen.kernel.clock import now

ADD, VERSION, RENAME = "files.add_file", "files.add_version", "files.rename_file"
DELETE_FILE, RESTORE_FILE, RESTORE_VERSION = (
    "files.delete_file",
    "files.restore_file",
    "files.restore_version",
)


@dataclass(frozen=True)
class Content:
    """A content that was judged: where it lies on this machine, its name, kind, size and digest."""

    path: Path
    name: str
    kind: Kind
    size: int
    sha256: str


@dataclass(frozen=True)
class Stored:
    """A content that is kept, and not yet named by any row."""

    content: Content
    place: Place
    key: str


@dataclass(frozen=True)
class Filed:
    """A finished write on a file."""

    id: int
    number: int
    operation: Operation


def checked_name(given: str) -> str:
    """Give the name by which a file is kept. Raises Nameless or NameTooLong."""
    name = plain_name(given)
    if not name:
        raise Nameless
    if len(name) > LONGEST:
        raise NameTooLong(most=LONGEST)
    return name


def read_content(path: Path, given: str, *, limits: Limits) -> Content:
    """Judge a file that came in: its name, its size, and whether it is what it says. Raises FileRefused."""
    name = checked_name(given)
    size = path.stat().st_size
    if size > limits.most:
        raise TooLarge(name=name, most=limits.most_mb)
    kind = judge(path, name=name, taken=limits.endings)
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    return Content(path, name, kind, size, digest)


def refuse_unchangeable(entity: Entity, record_id: int, *, actor: Actor) -> None:
    """Refuse early, before a content is looked at. Raises NotFound or NotAllowed."""
    family_of(entity)
    with transaction.atomic():
        lock(entity, record_id, actor=actor, verb=CHANGE)


@contextmanager
def stored(content: Content) -> Iterator[Stored]:
    """Keep a content, and forget it again where no row comes to name it. Raises StoreUnreachable."""
    try:
        place, store = store_for_new()
        key = new_key(place)
        store.keep(key, content.path)
    except Unreachable as error:
        raise StoreUnreachable from error
    try:
        yield Stored(content, place, key)
    finally:
        if not FileVersion.objects.filter(key=key).exists():
            with suppress(Unreachable):
                store.forget(key)


def add_file(entity: Entity, record_id: int, kept: Stored, *, actor: Actor) -> Filed:
    """Hang a kept content on a record as a new file. Raises NotFound or NotAllowed."""
    with transaction.atomic():
        row, named = _held(entity, record_id, actor)
        operation = trail.begin(named, ADD)
        moment = now()
        file = File.objects.create(
            entity=family_of(entity),
            record_id=record_id,
            party_id=row.get(entity.party) if entity.party else None,
            name=kept.content.name,
            created_at=moment,
            updated_at=moment,
            created_by_id=actor.user_id,
            updated_by_id=actor.user_id,
        )
        _add_version(file, 1, kept, actor)
    return Filed(file.pk, 1, operation)


def add_loose_file(
    family: str, record_id: int, kept: Stored, *, actor: Actor, party_id: int | None = None
) -> tuple[int, int]:
    """Hang a kept content on something that the system made in this very transaction: nobody holds it yet.

    Gives the ids of file and version. The right to do so is the caller's to judge.
    """
    trail.begin(actor, ADD)
    moment = now()
    file = File.objects.create(
        entity=family,
        record_id=record_id,
        party_id=party_id,
        name=kept.content.name,
        created_at=moment,
        updated_at=moment,
        created_by_id=actor.user_id,
        updated_by_id=actor.user_id,
    )
    return file.pk, _add_version(file, 1, kept, actor).pk


def move_loose_files(
    family: str, record_id: int, *, to: tuple[str, int], actor: Actor, party_id: int | None = None
) -> None:
    """Let files that waited under a name of their own hang on a record from now on."""
    trail.begin(actor, ADD)
    columns = {"entity": to[0], "record_id": to[1], "party_id": party_id}
    FileVersion.objects.filter(entity=family, record_id=record_id).update(**columns)
    stamps = {"version": F("version") + 1, "updated_at": now(), "updated_by_id": actor.user_id}
    File.objects.filter(entity=family, record_id=record_id).update(**columns, **stamps)


def follow_party(entity: Entity, record_id: int, party_id: int | None) -> None:
    """Let the files of a record name the party that it has now. The trail must be open."""
    held = {"entity": family_of(entity), "record_id": record_id}
    FileVersion.objects.filter(**held).update(party_id=party_id)
    File.objects.filter(**held).update(party_id=party_id)


def add_version(entity: Entity, record_id: int, file_id: int, kept: Stored, *, actor: Actor) -> Filed:
    """Let a kept content be what a file holds, and its name too. Raises NotFound or NotAllowed."""
    with transaction.atomic():
        _row, named = _held(entity, record_id, actor)
        file = _file(entity, record_id, file_id)
        operation = trail.begin(named, VERSION, note=f"{kept.content.name}")
        number = _last_number(file) + 1
        _add_version(file, number, kept, actor)
        _change(file, actor, current=number, name=kept.content.name)
    return Filed(file_id, number, operation)


def restore_version(entity: Entity, record_id: int, file_id: int, number: int, *, actor: Actor) -> Filed:
    """Let an old version be the newest one; those between stay. Raises NotFound or NotAllowed."""
    with transaction.atomic():
        _row, named = _held(entity, record_id, actor)
        file = _file(entity, record_id, file_id)
        old = FileVersion.objects.filter(file=file, number=number).order_by("pk").first()
        if old is None:
            raise NotFound
        operation = trail.begin(named, RESTORE_VERSION, note=f"{old.name}")
        newest = _last_number(file) + 1
        kept = {each.attname: getattr(old, each.attname) for each in FileVersion._meta.concrete_fields}
        FileVersion.objects.create(
            **{**kept, "id": None, "number": newest, "created_at": now(), "created_by_id": actor.user_id}
        )
        _change(file, actor, current=newest, name=old.name)
    return Filed(file_id, newest, operation)


def rename_file(entity: Entity, record_id: int, file_id: int, name: str, *, actor: Actor) -> Filed:
    """Give a file another name; its ending stays what its content is.

    Raises FileRefused, NotFound or NotAllowed.
    """
    given = checked_name(name)
    with transaction.atomic():
        _row, named = _held(entity, record_id, actor)
        file = _file(entity, record_id, file_id)
        ending = ending_of(file.name)
        if kind_of(ending_of(given)) is not kind_of(ending):
            given = checked_name(f"{given}.{ending}")
        operation = trail.begin(named, RENAME)
        _change(file, actor, name=given)
    return Filed(file_id, file.current, operation)


def delete_file(entity: Entity, record_id: int, file_id: int, *, actor: Actor) -> Filed:
    """Put a file into the bin of its record, with all its versions. Raises NotFound or NotAllowed."""
    with transaction.atomic():
        _row, named = _held(entity, record_id, actor)
        file = _file(entity, record_id, file_id)
        operation = trail.begin(named, DELETE_FILE, note=file.name)
        _change(file, actor, deleted_at=now(), deleted_by_id=actor.user_id)
    return Filed(file_id, file.current, operation)


def restore_file(entity: Entity, record_id: int, file_id: int, *, actor: Actor) -> Filed:
    """Take a file out of the bin. Raises NotFound or NotAllowed."""
    with transaction.atomic():
        _row, named = _held(entity, record_id, actor)
        file = _file(entity, record_id, file_id, in_bin=True)
        operation = trail.begin(named, RESTORE_FILE, note=file.name)
        _change(file, actor, deleted_at=None, deleted_by_id=None)
    return Filed(file_id, file.current, operation)


def _held(entity: Entity, record_id: int, actor: Actor) -> tuple[dict[str, Any], Actor]:
    """Lock the record and name who acts on it: files are a part of it, so they lock their root."""
    row = lock(entity, record_id, actor=actor, verb=CHANGE)
    return row, named_on(entity, row, actor)


def _file(entity: Entity, record_id: int, file_id: int, *, in_bin: bool = False) -> File:
    found = File.objects.filter(
        pk=file_id, entity=family_of(entity), record_id=record_id, deleted_at__isnull=not in_bin
    )
    file = found.select_for_update(of=("self",), no_key=True).order_by("pk").first()
    if file is None:
        raise NotFound
    return file


def _last_number(file: File) -> int:
    numbers = FileVersion.objects.filter(file=file).order_by("-number").values_list("number", flat=True)
    return int(numbers[0])


def _add_version(file: File, number: int, kept: Stored, actor: Actor) -> FileVersion:
    content = kept.content
    made = FileVersion.objects.create(
        file=file,
        entity=file.entity,
        record_id=file.record_id,
        party_id=file.party_id,
        number=number,
        name=content.name,
        ending=ending_of(content.name),
        size=content.size,
        sha256=content.sha256,
        place=kept.place.value,
        key=kept.key,
        scan=(Scan.PENDING if scanner() else Scan.NONE).value,
        preview=(Preview.WAITING if content.kind.pictured else Preview.NONE).value,
        created_at=now(),
        created_by_id=actor.user_id,
    )
    look_at(made)
    return made


def _change(file: File, actor: Actor, **columns: Any) -> None:
    """Write columns of a locked file with its stamps."""
    stamps: Mapping[str, Any] = {
        "version": file.version + 1,
        "updated_at": now(),
        "updated_by_id": actor.user_id,
    }
    File.objects.filter(pk=file.pk).update(**{**columns, **stamps})
