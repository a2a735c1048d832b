"""Work the scores of all rows out again after the weights changed: a job that survives a kill."""

from __future__ import annotations

from collections.abc import Iterator

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from duyen.entities.completeness.columns import score_sql
from duyen.entities.completeness.declaring import COLUMN, Completeness
from duyen.entities.completeness.rules import Weights
from duyen.entities.completeness.weights import digest, hold_weights, is_settled, settle
from duyen.entities.registry import all_entities
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED, Run, ask, job_kind
from duyen.foundation.jobs.tasks import leave_to_worker

KIND = "completeness"
VERB = "completeness.recompute"
#: So many rows are locked and written together.
CHUNK = 2_000


def all_scored() -> Iterator[Completeness]:
    """List what is scored, each table once."""
    found = {each.completeness.family: each.completeness for each in all_entities() if each.completeness}
    yield from found.values()


def scored_named(family: str) -> Completeness:
    """Find what is scored by its family. Raises KeyError."""
    return {each.family: each for each in all_scored()}[family]


def ask_again(scored: Completeness, *, actor: Actor) -> Job:
    """Leave the recomputation to the worker; call it in the transaction that kept the weights."""
    words = _("Completeness of %(what)s") % {"what": str(scored.label)}
    with transaction.atomic():
        job = ask(KIND, actor=actor, label=words, arguments={"family": scored.family}, total=_about(scored))
        leave_to_worker(job)
    return job


def catch_up() -> list[Job]:
    """Ask for what is not worked out yet and nobody works on: after an upgrade, or a job that failed."""
    busy = Job.objects.filter(kind=KIND, state__in=UNFINISHED)
    waiting = {told["family"] for told in busy.values_list("arguments", flat=True)}
    actor = system_actor("Completeness", door=Door.JOB)
    missing = [each for each in all_scored() if not is_settled(each) and each.family not in waiting]
    return [ask_again(each, actor=actor) for each in missing]


def recompute_now(scored: Completeness, *, actor: Actor) -> int:
    """Work all rows out while the caller waits; gives how many there are. For small tables and new ones."""
    last, seen = 0, 0
    while True:
        with transaction.atomic():
            weights = hold_weights(scored)
            last, count = recompute_chunk(scored, weights, last, actor=actor)
            seen += count
            if not count:
                settle(scored, weights, actor=actor)
                return seen


def recompute_chunk(
    scored: Completeness, weights: Weights, last: int, *, actor: Actor, size: int = CHUNK
) -> tuple[int, int]:
    """Work out the rows behind the id `last`; gives the last id of the chunk and how many rows it has.

    Writes the column alone, where it differs: no version, no time of change, nothing in the history.
    """
    table = sql.Identifier(scored.model._meta.db_table)
    bounds = sql.SQL(
        "SELECT max(id), count(*) FROM (SELECT id FROM {} WHERE id > %s ORDER BY id LIMIT %s) c"
    ).format(table)
    value = score_sql(scored, weights)
    write = sql.SQL(
        "UPDATE {table} SET {column} = {value}"
        " WHERE id > %s AND id <= %s AND {column} IS DISTINCT FROM {value}"
    ).format(table=table, column=sql.Identifier(COLUMN), value=value)
    with connection.cursor() as cursor:
        cursor.cursor.execute(bounds, [last, size])
        upto, count = cursor.cursor.fetchone()
        if count:
            trail.begin(actor, VERB)
            cursor.cursor.execute(write, [last, upto])
    return (upto or last), count


@job_kind(KIND)
def recompute(run: Run) -> None:
    """Work all rows out; other weights kept meanwhile begin the walk anew."""
    scored = scored_named(run.job.arguments["family"])
    actor = system_actor("Completeness", door=Door.JOB)
    kept = dict(run.job.progress)
    last, seen, name = kept.get("last", 0), kept.get("seen", 0), kept.get("weights", "")
    while True:
        with transaction.atomic():
            weights = hold_weights(scored)
            if name != digest(scored, weights):
                last, seen, name = 0, 0, digest(scored, weights)
            last, count = recompute_chunk(scored, weights, last, actor=actor)
            seen += count
            run.save(progress={"last": last, "seen": seen, "weights": name}, done=seen)
            if not count:
                settle(scored, weights, actor=actor)
                return


def _about(scored: Completeness) -> int | None:
    """Give the size of the table as its statistics know it; none where they do not."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT reltuples::bigint FROM pg_class WHERE oid = %s::regclass", [scored.model._meta.db_table]
        )
        found = int(cursor.fetchone()[0])
    return found if found > 0 else None
