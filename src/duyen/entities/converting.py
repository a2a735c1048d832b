"""Addresses that stood in the base before the units of today were known, brought to them by a job.

The job belongs to the house, not to whoever starts it: it adds the codes to what was entered and changes
nothing else, so it walks over all records, the bin included, as a part of the system, and each change stands
in the record's history.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.bulk.sets import lock_set, write_set
from duyen.entities.entity import Entity
from duyen.entities.fields import Addresses, FieldRefused
from duyen.entities.history import name_verbs
from duyen.entities.registry import all_entities
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import CHANGE, READ, Door
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import new_operation_id
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED, Run, ask, job_kind

CONVERT = "convert_addresses"
CHUNK = 1_000
#: How a record is counted whose addresses cannot be read any more as they stand.
REFUSED = "refused"
_PART = "addresses"
_VERB = "addresses.convert"

name_verbs({_VERB: gettext_lazy("Address converted to today's units")})


def start_conversion(*, actor: Actor) -> Job:
    """Write down the job, or give the one that is not over yet; the caller leaves it to somebody.

    Who may start it is the caller's to decide: it opens no record to anybody.
    """
    known = Job.objects.filter(kind=CONVERT, state__in=UNFINISHED).order_by("pk").first()
    if known is not None:
        return known
    first = next((entity.name for entity, _field in _addressed()), "")
    arguments = {"operation": new_operation_id(), "entity": first}
    label = _("Convert addresses to today's units")
    return ask(CONVERT, actor=actor, label=label, arguments=arguments, total=count_waiting())


def count_waiting() -> int:
    """Count the records whose addresses were not read yet; one of two kinds counts once."""
    seen: dict[str, QuerySet[Any]] = {}
    for entity, field in _addressed():
        found = _waiting(entity, field)
        seen[entity.table] = seen[entity.table] | found if entity.table in seen else found
    return sum(each.count() for each in seen.values())


def is_any_waiting() -> bool:
    """Tell whether there is anything to convert."""
    return any(_waiting(entity, field).exists() for entity, field in _addressed())


def _addressed() -> Iterator[tuple[Entity, Addresses]]:
    for entity in all_entities():
        for field in entity.fields:
            if isinstance(field, Addresses) and field.status_column:
                yield entity, field


def _system() -> Actor:
    return system_actor(_PART, door=Door.JOB)


def _waiting(entity: Entity, field: Addresses) -> QuerySet[Any]:
    rows = entity.rows(_system(), READ, deleted=None)
    return rows.filter(**{field.status_column: ""}).exclude(**{field.columns[0]: []})


@job_kind(CONVERT)
def convert_everywhere(run: Run) -> None:
    """Convert kind by kind and chunk by chunk, by id, from behind the last finished chunk."""
    progress = dict(run.job.progress) or {"after": {}, "visited": 0}
    counts = Counter(run.job.result)
    for entity, field in _addressed():
        while True:
            with transaction.atomic():
                last = progress["after"].get(entity.name, 0)
                waiting = _waiting(entity, field).filter(pk__gt=last).order_by("pk")
                ids = list(waiting.values_list("pk", flat=True)[:CHUNK])
                if not ids:
                    break
                counts += convert(entity, ids, operation_id=run.job.arguments["operation"])
                progress["after"] = {**progress["after"], entity.name: ids[-1]}
                progress["visited"] += len(ids)
                run.save(progress=progress, done=progress["visited"], result=dict(counts))


def convert(entity: Entity, ids: Sequence[int], *, operation_id: int) -> Counter[str]:
    """Convert the addresses of some records, and count the records by what became of them."""
    field = next(each for each in entity.fields if isinstance(each, Addresses))
    actor = _system()
    with transaction.atomic():
        locked = lock_set(entity, ids, actor=actor, verb=CHANGE, deleted=None)
        trail.begin(actor, _VERB, operation_id=operation_id)
        counts, changes = Counter[str](), []
        for row in locked.rows:
            columns = _converted(field, row)
            counts[str(columns.get(field.status_column, REFUSED))] += 1
            if columns:
                changes.append((row, columns))
        write_set(entity, actor, changes)
    return counts


def _converted(field: Addresses, row: Mapping[str, Any]) -> dict[str, object]:
    """Give the columns that keep a row's addresses in the units of today; none where that cannot be done."""
    held = field.load(row)
    for given in (held, [_without_codes(each) for each in held]):
        try:
            return field.store(field.clean(given))
        except FieldRefused:
            continue
    return {}


def _without_codes(address: Mapping[str, Any]) -> dict[str, Any]:
    """Leave out codes that were never checked; the names say what is meant."""
    return {part: text for part, text in address.items() if not part.endswith("_code")}


def last_conversion() -> Job | None:
    """Give the last job that converted addresses, or is at it."""
    return Job.objects.filter(kind=CONVERT).order_by("-pk").first()
