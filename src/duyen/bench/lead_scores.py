"""Measure scores of leads: all by points and by what was learned, one alone, a draft tried, and learning.

The leads that are filled in end by chance, so that nothing is learned from them that orders better; what was
learned is put in force here all the same, to measure what it costs.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from duyen.bench.filling import Say, bench_actor
from duyen.bench.interests import fill_leads
from duyen.bench.measuring import percentile
from duyen.bench.running import filled_or_fill
from duyen.bench.table import circumstances
from duyen.entities.registry import entity_named
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect
from duyen.foundation.org.models import User
from duyen.kernel.clock import today
from duyen.modules.leads.words import LeadState
from duyen.modules.scoring.actions import try_in_force
from duyen.modules.scoring.actions.rescoring import rescore_chunk
from duyen.modules.scoring.actions.training import learned
from duyen.modules.scoring.effect import MOST, effect_of
from duyen.modules.scoring.queries import model_in_force
from duyen.modules.scoring.reckoning import rescore_these

#: States in which a score moves.
LIVE = (LeadState.NEW, LeadState.ASSIGNED, LeadState.CONTACTED, LeadState.NURTURING)
_ENDED = (LeadState.CONVERTED.value, LeadState.DISQUALIFIED.value)
_TABLES = ("leads_lead", "parties_party", "activities_about", "web_forms_entry", "consents_consent")


@dataclass(frozen=True)
class Speed:
    """One work on so many leads, and the seconds that it took."""

    label: str
    leads: int
    seconds: float

    @property
    def per_second(self) -> int:
        return round(self.leads / self.seconds) if self.seconds else 0


def measure_scores(folder: DataFolder, customers: int, rows: int, repeat: int, *, say: Say) -> str:
    """Fill up to `rows` leads beside `customers` customers, measure their scores, and give the table."""
    cast = filled_or_fill(folder, customers).cast
    if fill_leads(rows, say=say):
        say("Analysing …")
        with connect(owner_address(folder)) as link:
            for each in _TABLES:
                link.execute(f"VACUUM ANALYZE {each}".encode())
    speeds = list(speeds_of(cast.everything, repeat, say=say))
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0]).split()[0]
    head = [f"## Scores of {rows:,} leads beside {customers:,} customers, {today().isoformat()}", ""]
    return "\n".join([*head, circumstances(version), "", *told(speeds), ""])


def speeds_of(reader: int, repeat: int, *, say: Say) -> Iterator[Speed]:
    """Measure each work on the leads that are there; `reader` is who sees all of them."""
    open_ = _leads().filter(state__in=[each.value for each in LIVE])
    moving, ended = open_.count(), _leads().filter(state__in=_ENDED).count()
    _forget()
    yield _timed("all that move, by points", moving, _rescore_all, say)
    yield _timed("all that move again, each as it was", moving, _rescore_all, say)
    ids = list(open_.order_by("pk").values_list("pk", flat=True)[:repeat])
    times = [_seconds(lambda lead_id=lead_id: _one(lead_id)) for lead_id in ids]  # type: ignore[misc]
    yield Speed("one, median", 1, percentile(times, 50) if times else 0.0)
    model, actor = model_in_force(), actor_for(User.objects.get(pk=reader), Door.WEB)
    if model is not None:
        yield _timed(
            "what a draft would change", min(moving, MOST), lambda: effect_of(model.pk, actor=actor), say
        )
    found: dict[str, Any] = {}
    yield _timed("learning from those that ended, and measuring", ended, lambda: found.update(learned()), say)
    with try_in_force(found):
        yield _timed("all that move, by points and what was learned", moving, _rescore_all, say)


def told(speeds: list[Speed]) -> list[str]:
    """Write speeds as a table."""
    lines = ["| Work | Leads | Seconds | Leads a second |", "|---|--:|--:|--:|"]
    return [*lines, *(f"| {s.label} | {s.leads:,} | {s.seconds:.3f} | {s.per_second:,} |" for s in speeds)]


def _leads() -> Any:
    return entity_named("leads").model._default_manager


def _timed(label: str, leads: int, work: Callable[[], object], say: Say) -> Speed:
    say(f"{label} …")
    return Speed(label, leads, _seconds(work))


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _forget() -> None:
    """Take the scores of those that move away, so that each is written."""
    with transaction.atomic():
        trail.begin(bench_actor(), "bench.forget")
        scored = _leads().filter(state__in=[each.value for each in LIVE]).exclude(score=None)
        scored.update(score=None, likelihood=None)


def _rescore_all() -> None:
    last: int | None = 0
    while last is not None:
        with transaction.atomic():
            last, _count = rescore_chunk(last)


def _one(lead_id: int) -> None:
    with transaction.atomic():
        trail.begin(bench_actor(), "bench.score")
        rescore_these([lead_id])
