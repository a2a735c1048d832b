"""Work the scores of all rows out again after the weights changed: a job that survives a kill."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict

from django.db import connection, transaction
from django.utils.translation import gettext as _
from psycopg import sql

from duyen.entities.completeness.columns import score_sql
from duyen.entities.completeness.declaring import COLUMN, Completeness
from duyen.entities.completeness.rules import Weights
from duyen.entities.completeness.weights import digest, hold_weights, is_settled, settle
from duyen.entities.living import snapshot
from duyen.entities.registry import all_entities
from duyen.entities.striding import STRIPES, Place, about, stride
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


def with_candidates(scored: Completeness) -> Completeness:
    """Give what is scored with every field of the company's own that could count, as its weights are set."""
    entity = next(each for each in all_entities() if each.completeness is scored)
    return scored.with_own(snapshot().own_fields(entity))


def scored_named(family: str) -> Completeness:
    """Find what is scored by its family. Raises KeyError."""
    return {each.family: each for each in all_scored()}[family]


def ask_again(scored: Completeness, *, actor: Actor) -> Job:
    """Leave the recomputation to the worker; call it in the transaction that kept the weights."""
    words = _("Completeness of %(what)s") % {"what": str(scored.label)}
    with transaction.atomic():
        job = ask(
            KIND,
            actor=actor,
            label=words,
            arguments={"family": scored.family},
            total=about(scored.model._meta.db_table),
        )
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
    place, seen = Place(), 0
    while True:
        with transaction.atomic():
            weights = hold_weights(scored)
            place, count = recompute_chunk(scored, weights, place, actor=actor)
            seen += count
            if place.is_end:
                settle(scored, weights, actor=actor)
                return seen


def recompute_chunk(
    scored: Completeness, weights: Weights, place: Place, *, actor: Actor, size: int = CHUNK
) -> tuple[Place, int]:
    """Work out the next rows behind a place; gives the place behind them and how many they are.

    Writes the column alone, where it differs: no version, no time of change, nothing in the history.
    """
    table = sql.Identifier(scored.model._meta.db_table)
    value = score_sql(scored, weights)
    write = sql.SQL(
        "UPDATE {table} SET {column} = {value} WHERE id > %s AND id <= %s AND id %% %s = %s"
        " AND {column} IS DISTINCT FROM {value}"
    ).format(table=table, column=sql.Identifier(COLUMN), value=value)
    behind, count = stride(scored.model._meta.db_table, place, size)
    if behind.stripe == place.stripe:
        trail.begin(actor, VERB)
        with connection.cursor() as cursor:
            cursor.cursor.execute(write, [place.last, behind.last, STRIPES, place.stripe])
    return behind, count


@job_kind(KIND)
def recompute(run: Run) -> None:
    """Work all rows out; other weights kept meanwhile begin the walk anew."""
    scored = scored_named(run.job.arguments["family"])
    actor = system_actor("Completeness", door=Door.JOB)
    kept = dict(run.job.progress)
    place = Place(kept.get("stripe", 0), kept.get("last", 0))
    seen, name = kept.get("seen", 0), kept.get("weights", "")
    while True:
        with transaction.atomic():
            weights = hold_weights(scored)
            if name != digest(scored, weights):
                place, seen, name = Place(), 0, digest(scored, weights)
            place, count = recompute_chunk(scored, weights, place, actor=actor)
            seen += count
            run.save(progress={**asdict(place), "seen": seen, "weights": name}, done=seen)
            if place.is_end:
                settle(scored, weights, actor=actor)
                return
