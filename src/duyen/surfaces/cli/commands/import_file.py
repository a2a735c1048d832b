"""duyen import"""

from __future__ import annotations

import argparse
from pathlib import Path

import psycopg
from django.db import OperationalError

from duyen.entities import registry
from duyen.entities.csv_files import SUFFIXES
from duyen.entities.entity import Entity
from duyen.entities.importing import Keeping, Plan, Reading, rejected_path, start_import
from duyen.entities.importing.words import OnDuplicate
from duyen.foundation.access.words import Door
from duyen.foundation.jobs.models import Job, JobState
from duyen.surfaces.cli import console
from duyen.surfaces.cli.acting import acting, head_office, unit_called, user_called
from duyen.surfaces.cli.errors import BadPair, NoSuchEntity, NoSuchFile
from duyen.surfaces.cli.jobs import work_and_tell
from duyen.surfaces.cli.registry import Context

BROKEN_OFF = 1


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Bring a file in, in this process, and show how far it is; a second start goes on where the first ended.

    Returns 0 when the file was worked through, refused rows included, 1 when it was broken off.
    Refusals of the command line, the file or its heads end with 2.
    """
    entity = _entity(arguments.entity)
    path = _file(arguments.file)
    actor = acting(context, part="import", door=Door.IMPORT)
    owner = user_called(arguments.owner).pk if arguments.owner else None
    unit = unit_called(arguments.unit).pk if arguments.unit else None
    if unit is None and actor.is_system and entity.scope.unit:
        unit = head_office().pk
        console.tell_progress(
            "The records will stand in the head office, so only those who see the whole company find them. "
            "Place them elsewhere with --unit CODE --owner EMAIL."
        )
    plan = Plan(
        mapping=_pairs(arguments.mapping),
        keeping=Keeping(owner, unit),
        given=_pairs(arguments.given),
        on_duplicate=OnDuplicate(arguments.on_duplicate),
        dry_run=arguments.dry_run,
        reading=Reading(encoding=arguments.encoding, sheet=arguments.sheet),
    )
    job = start_import(entity, path, actor=actor, plan=plan)
    for head in job.arguments["left_out"]:
        console.tell_progress(f"Left out: the column “{head}” leads nowhere. Name a field with --map.")
    if job.done:
        console.tell_progress(f"Going on at row {job.done + 1:,} of {job.total:,}.")
    try:
        work_and_tell(job)
        job.refresh_from_db()
    except KeyboardInterrupt:
        job.refresh_from_db()
    except (OperationalError, psycopg.OperationalError) as error:
        # What was finished cannot be asked any more; the same command goes on behind it.
        console.refuse(f"The database gave up: {str(error).strip().splitlines()[0]}")
    if job.problem:
        console.refuse(job.problem)
    _tell_rest(job)
    imported, updated = (job.result.get(name, 0) for name in ("imported", "updated"))
    console.say(f"imported={imported} updated={updated} rejected={job.rejected} file={rejected_path(job)}")
    return 0 if job.state == JobState.DONE else BROKEN_OFF


def _pairs(told: list[str]) -> dict[str, str]:
    """Read HEAD=FIELD; what stands before the last sign is the head, which may hold one. Raises BadPair."""
    found = {}
    for each in told:
        left, sign, right = each.rpartition("=")
        if not sign or not left.strip():
            raise BadPair(given=each)
        found[left.strip()] = right.strip()
    return found


def _tell_rest(job: Job) -> None:
    """Say before the last line what it has no room for."""
    result = job.result
    if job.state == JobState.DONE and not job.total:
        console.say("The file has the names of its columns and no row below them.")
    if job.arguments.get("dry_run") and job.state == JobState.DONE:
        console.say("Nothing was written: this was a dry run.")
    words = (("skipped", "skipped as there already"), ("unchanged", "there already, nothing to change"))
    notes = (
        ("phones_converted", "old phone numbers converted"),
        ("addresses_converted", "old addresses converted"),
        ("addresses_to_review", "addresses to review"),
    )
    for name, word in words:
        if result.get(name):
            console.say(f"{result[name]:,} {word}")
    for name, word in notes:
        if result.get("notes", {}).get(name):
            console.say(f"{result['notes'][name]:,} {word}")
    for kind, count in sorted(result.get("reasons", {}).items(), key=lambda each: -each[1]):
        console.say(f"{count:,} rows: {kind}")


def _entity(name: str) -> Entity:
    try:
        return registry.entity_named(name)
    except KeyError as error:
        known = ", ".join(each.name for each in registry.all_entities())
        raise NoSuchEntity(name=name, known=known) from error


def _file(name: str) -> Path:
    path = Path(name).expanduser().absolute()
    if not path.is_file():
        raise NoSuchFile(file=name, reason="there is no such file")
    if not path.name.endswith(SUFFIXES):
        raise NoSuchFile(file=name, reason=f"its name ends neither in {' nor in '.join(SUFFIXES)}")
    return path
