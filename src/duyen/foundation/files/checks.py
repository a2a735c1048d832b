"""What `duyen check` says about the contents of files: which are missing, which were altered."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Iterator, Mapping

from django.db.models import QuerySet

from duyen.foundation.database.health import Finding, Level
from duyen.foundation.files.models import FileVersion
from duyen.foundation.files.store import Missing, Unreachable, store_at
from duyen.foundation.files.store.declared import Store
from duyen.foundation.files.words import Place

#: Digests of so many seconds are compared in one check, of contents chosen at random.
SECONDS = 20.0
_MOST_NAMED = 10


def check_files() -> Iterator[Finding]:
    """Look whether each version has its content, and compare digests as long as there is time."""
    for place in FileVersion.objects.order_by("place").values_list("place", flat=True).distinct():
        try:
            yield from _check(store_at(place), Place(place))
        except Unreachable:
            yield Finding(
                Level.BAD, f"Files: the store {place} cannot be reached; see DUYEN_S3_… and the network"
            )


def _check(store: Store, place: Place) -> Iterator[Finding]:
    rows = FileVersion.objects.filter(place=place.value)
    sizes = {each.key: each.size for each in store.held()}
    faults, counted = [], 0
    told = rows.order_by("pk").values_list("pk", "file_id", "entity", "record_id", "key", "size")
    for version, file, entity, record, key, size in told.iterator(chunk_size=5_000):
        counted += 1
        # What another installation put into the bucket is not in the list of this one.
        if store.is_own(key) and sizes.get(key) != size:
            state = "is missing" if key not in sizes else f"has {sizes[key]} bytes instead of {size}"
            faults.append(f"file {file} of {entity} {record}, version row {version}: its content {state}")
    altered, compared = _altered(store, rows, sizes)
    yield from (Finding(Level.BAD, f"Files: {each}") for each in [*faults, *altered][:_MOST_NAMED])
    wrong = len(faults) + len(altered)
    if wrong > _MOST_NAMED:
        yield Finding(Level.BAD, f"Files: {wrong - _MOST_NAMED} more are missing or altered")
    if not wrong:
        where = "on disk" if place is Place.DISK else "in the bucket"
        yield Finding(
            Level.GOOD, f"Files: {counted} contents {where} are there, {compared} digests were compared"
        )


def _altered(store: Store, rows: QuerySet[FileVersion], sizes: Mapping[str, int]) -> tuple[list[str], int]:
    """Compare the digests of contents in random order until the time is over."""
    until = time.monotonic() + SECONDS
    found, compared = [], 0
    chosen = rows.order_by("?").values_list("file_id", "entity", "record_id", "key", "size", "sha256")
    for file, entity, record, key, size, digest in chosen[:20_000]:
        if time.monotonic() > until:
            break
        if store.is_own(key) and sizes.get(key) != size:
            continue
        compared += 1
        if _digest(store, key) != digest:
            found.append(f"file {file} of {entity} {record}: its content was altered")
    return found, compared


def _digest(store: Store, key: str) -> str:
    digest = hashlib.sha256()
    try:
        for part in store.read(key):
            digest.update(part)
    except Missing:
        return ""
    return digest.hexdigest()
