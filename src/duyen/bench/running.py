"""Fill the benchmark's folder once, and measure on it as often as asked."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from functools import lru_cache
from pathlib import Path
from random import Random

from django.db import connection, transaction
from django.test import Client
from django.test.utils import override_settings

from duyen.bench.filling import Cast, bench_actor, fill, organisation
from duyen.bench.filtering import filter_works
from duyen.bench.measuring import measure
from duyen.bench.scoring import score, told
from duyen.bench.table import Run, markdown
from duyen.bench.works import Work, list_works, record_works, search_works, write_works
from duyen.entities.registry import entity_named
from duyen.entities.seeding import seed
from duyen.foundation.audit import trail
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.errors import Refused
from duyen.foundation.database.paths import DataFolder, write_private
from duyen.foundation.database.roles import connect
from duyen.foundation.org.models import User
from duyen.foundation.org.queries import has_users
from duyen.modules.parties.words import PartyRole
from duyen.surfaces.cli import console

NOTE = "bench.json"


class FolderInUse(Refused):
    """The folder holds something else than a benchmark of this size."""

    code = "bench_folder"
    sentence = "%(folder)s holds %(what)s. Give the benchmark a folder of its own: --data DIR"


@dataclass(frozen=True)
class Filled:
    """What the folder was filled with, as its note says."""

    rows: int
    seconds: float
    cast: Cast


def all_works(cast: Cast) -> Iterator[Work]:
    """List the works in the order of the table."""
    for works in (list_works, filter_works, search_works, record_works, write_works):
        yield from works(cast)


def filled_or_fill(folder: DataFolder, rows: int) -> Filled:
    """Fill the folder where it is empty. Raises FolderInUse."""
    return filled_before(folder, rows) or _fill(folder, rows)


def fill_and_measure(folder: DataFolder, rows: int, repeat: int) -> str:
    """Fill the folder where it is empty, measure, and give the table. Raises FolderInUse."""
    filled = filled_or_fill(folder, rows)
    contacts = (
        entity_named("contacts").model._default_manager.filter(role_mask=int(PartyRole.CONTACT)).count()
    )
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0]).split()[0]
    # The test client speaks plain HTTP, whatever stands in front of an installation.
    with override_settings(SESSION_COOKIE_SECURE=False, CSRF_COOKIE_SECURE=False):
        works = all_works(filled.cast)
        lines = measure(works, signed_in, repeat=repeat, say=console.tell_progress)
    return markdown(Run(rows, contacts, repeat, version, filled.seconds), lines)


@lru_cache(maxsize=16)
def signed_in(user_id: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


def score_duplicates(folder: DataFolder, path: Path) -> str:
    """Score the duplicates that a file marks in an empty base, which stays empty. Raises FolderInUse."""
    if has_users():
        raise FolderInUse(folder=folder.asked, what="an installation, or a benchmark")
    with transaction.atomic():
        seed(bench_actor())
        trail.begin(bench_actor(), "bench.fill")
        teams, _cast = organisation(Random(1))  # noqa: S311 - invented people, not secrets
        scores = score(path, unit=teams[0].unit_id, owner=teams[0].owners[0])
        transaction.set_rollback(True)
    return told(scores, path.name)


def filled_before(folder: DataFolder, rows: int) -> Filled | None:
    """Read the note of an earlier run; nothing for an empty folder. Raises FolderInUse."""
    note = folder.root / NOTE
    if note.exists():
        known = json.loads(note.read_text(encoding="utf-8"))
        if known["rows"] != rows:
            raise FolderInUse(folder=folder.asked, what=f"a benchmark of {known['rows']:,} customers")
        return Filled(rows, known["seconds"], Cast(**known["cast"]))
    if has_users():
        raise FolderInUse(folder=folder.asked, what="an installation, or a benchmark that was broken off")
    return None


def _fill(folder: DataFolder, rows: int) -> Filled:
    """Fill an empty folder, let the planner know, and write the note."""
    began = time.monotonic()
    cast = fill(rows, say=console.tell_progress)
    seconds = time.monotonic() - began
    console.tell_progress("Analysing …")
    with connect(owner_address(folder)) as link:
        link.execute("VACUUM ANALYZE")
    write_private(
        folder.root / NOTE, json.dumps({"rows": rows, "seconds": seconds, "cast": asdict(cast)}) + "\n"
    )
    return Filled(rows, seconds, cast)
