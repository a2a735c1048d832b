"""Give a content out: to whoever may read the record, once it is known to be clean, and in the trail."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from duyen.entities.attachments.reading import family_of, is_open, refuse_unseen
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.files.errors import ContentGone, NotClean, NotScanned, StoreUnreachable
from duyen.foundation.files.kinds import Kind, kind_of
from duyen.foundation.files.limits import Limits
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.store import Missing, Unreachable, store_at
from duyen.foundation.files.words import Preview, Scan, Size

OPEN = "files.open_file"


@dataclass(frozen=True)
class Opened:
    """A content that may be given out: its name, kind, size, and the key by which it is read."""

    name: str
    kind: Kind | None
    size: int
    sha256: str
    place: str
    key: str

    def read(self, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        """Give the content in parts. Raises ContentGone or StoreUnreachable."""
        try:
            return store_at(self.place).read(self.key, start=start, length=length)
        except Missing as error:
            raise ContentGone from error
        except Unreachable as error:
            raise StoreUnreachable from error


def open_file(
    entity: Entity,
    record_id: int,
    file_id: int,
    *,
    actor: Actor,
    limits: Limits,
    number: int | None = None,
    is_given: bool = True,
) -> Opened:
    """Open one version of a file, the one that holds if none is named; also from the bin.

    Without `is_given` its facts alone are asked for, and the trail hears nothing.
    Raises NotFound, NotClean, NotScanned, and OnlyLooking where opening is watched.
    """
    file, version = _found(entity, record_id, file_id, number, actor)
    if version.scan == Scan.INFECTED:
        raise NotClean(threat=version.threat)
    if not is_open(version.scan, limits):
        raise NotScanned
    name = file.name if version.number == file.current else version.name
    if is_given and entity.files and entity.files.watched:
        _note(file, name, actor)
    return Opened(name, kind_of(version.ending), version.size, version.sha256, version.place, version.key)


def open_picture(
    entity: Entity,
    record_id: int,
    file_id: int,
    size: Size,
    *,
    actor: Actor,
    limits: Limits,
    number: int | None = None,
    is_given: bool = True,
) -> Opened:
    """Open the picture of one version. Raises NotFound, and OnlyLooking where opening is watched."""
    file, version = _found(entity, record_id, file_id, number, actor)
    if version.preview != Preview.MADE or not is_open(version.scan, limits):
        raise NotFound
    # What stands beside a name in a list shows no more than the list does.
    if is_given and size is Size.LARGE and entity.files and entity.files.watched:
        _note(file, file.name, actor)
    return Opened(file.name, kind_of("jpg"), 0, version.sha256, version.place, f"{version.key}.{size.value}")


def _found(
    entity: Entity, record_id: int, file_id: int, number: int | None, actor: Actor
) -> tuple[File, FileVersion]:
    refuse_unseen(entity, record_id, actor)
    file = (
        File.objects.filter(pk=file_id, entity=family_of(entity), record_id=record_id).order_by("pk").first()
    )
    if file is None:
        raise NotFound
    versions = FileVersion.objects.filter(file=file, number=number or file.current)
    version = versions.order_by("pk").first()
    if version is None:
        raise NotFound
    return file, version


def _note(file: File, name: str, actor: Actor) -> None:
    trail.note_opened(
        actor, OPEN, entity=file.entity, record_id=file.record_id, party_id=file.party_id, note=name
    )
