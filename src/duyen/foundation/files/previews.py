"""Make the pictures of a version, in a process apart: see docs/decisions/previews-are-drawn-apart.md."""

from __future__ import annotations

import subprocess
import sys
import tempfile
from pathlib import Path

from django.db import transaction

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.files import drawing
from duyen.foundation.files.kinds import Look, kind_of
from duyen.foundation.files.models import FileVersion
from duyen.foundation.files.store import Missing, store_at
from duyen.foundation.files.store.declared import Store
from duyen.foundation.files.words import Preview, Scan, Size

MOST_MEGABYTES = 1_024
SECONDS = 60


def draw(version_id: int) -> None:
    """Draw the pictures of one version, unless it is done or must not be opened; safe to do twice."""
    version = FileVersion.objects.filter(pk=version_id, preview=Preview.WAITING).order_by("pk").first()
    if version is None or version.scan in (Scan.PENDING, Scan.INFECTED):
        return
    try:
        is_made = _draw(version, store_at(version.place))
    except Missing:
        is_made = False
    _note(version, Preview.MADE if is_made else Preview.FAILED)


def _draw(version: FileVersion, store: Store) -> bool:
    kind = kind_of(version.ending)
    with tempfile.TemporaryDirectory(prefix="duyen-draw-") as folder:
        source, small, large = (Path(folder) / name for name in ("source", "small", "large"))
        with source.open("wb") as file:
            for part in store.read(version.key):
                file.write(part)
        word = "pdf" if kind is not None and kind.look is Look.PDF else "picture"
        if not _run(word, source, small, large):
            return False
        store.keep(f"{version.key}.{Size.LARGE.value}", large)
        store.keep(f"{version.key}.{Size.SMALL.value}", small)
    return True


def _run(word: str, source: Path, small: Path, large: Path) -> bool:
    """Tell whether both pictures came about within the limits of memory and time."""
    command = [sys.executable, "-I", drawing.__file__, word, *map(str, (source, small, large))]
    try:
        # Our own script; the file is an argument, no shell reads it.
        done = subprocess.run(  # noqa: S603
            [*command, str(MOST_MEGABYTES)],
            capture_output=True,
            check=False,
            timeout=SECONDS,
            env={},
        )
    except subprocess.TimeoutExpired:
        return False
    return done.returncode == 0 and small.exists() and large.exists()


def _note(version: FileVersion, preview: Preview) -> None:
    with transaction.atomic():
        trail.begin(system_actor("files"), "files.draw")
        # A restored version names the same content, so its pictures are there as well.
        FileVersion.objects.filter(key=version.key, preview=Preview.WAITING).update(preview=preview.value)
