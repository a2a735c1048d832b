"""What the timeline of every record tells without anybody declaring it: its own steps, and its files.

Of the trail it tells what somebody would tell of a person or a deal: that it came, how its state moved, who
got it, what it was merged with. What was typed into which field stands in the history.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.actions import Action
from duyen.entities.attachments.reading import Attached, attach
from duyen.entities.entity import Entity
from duyen.entities.history import Step, linked_of, step_of
from duyen.entities.labels import Linked
from duyen.entities.sql import Sql, all_of, any_of
from duyen.entities.timelines.declared import (
    Asked,
    Branch,
    Composer,
    Kind,
    Nearby,
    Subject,
    TimelineSource,
    Told,
)
from duyen.entities.words import MERGE, UNMERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import DELETE, HAND_OVER, FieldLevel
from duyen.foundation.audit.models import History
from duyen.foundation.files.limits import limits
from duyen.foundation.files.models import File

STEPS, FILES = "steps", "files"
_PLAIN = (HAND_OVER, MERGE, UNMERGE, DELETE, "restore")


@dataclass(frozen=True)
class StepTold:
    """One step, the record it was taken on, and the names of what its changed links point at."""

    step: Step
    linked: Linked


_added: list[TimelineSource] = []
_composers: list[Composer] = []


def tell_everywhere(source: TimelineSource, *, composer: Composer | None = None) -> None:
    """Let a module tell of its rows on the timeline of every record, and put its form above it."""
    _added.append(source)
    _composers.extend([composer] if composer else [])


def everywhere(entity: Entity) -> tuple[TimelineSource, ...]:
    """Give the sources of every entity: what happened to its records, their files, and what modules tell."""
    return (*((_STEPS, _FILES) if entity.files is not None else (_STEPS,)), *_added)


def composer() -> Composer | None:
    """Give the form above every timeline, where a module brought one."""
    return _composers[-1] if _composers else None


# --- What happened to the record -------------------------------------------------------------------------


def _steps(actor: Actor, subject: Subject, asked: Asked) -> Sequence[Branch]:
    return [
        Branch("history h", "h.at", "h.operation", _told_by_the_trail(actor, subject, asked, family))
        for family in subject.families
    ]


def _told_by_the_trail(actor: Actor, subject: Subject, asked: Asked, family: str) -> Sql:
    verbs = sorted(_verbs(actor, _entities(subject, family)))
    parts = [
        Sql("h.root_entity = %s AND h.root_id = ANY(%s)", (family, subject.ids(family))),
        Sql("h.entity = h.root_entity AND h.record_id = h.root_id"),
        any_of([Sql("h.kind = 'I'"), Sql("h.verb = ANY(%s)", (verbs,))]),
    ]
    if asked.people:
        parts.append(Sql("h.actor_id = ANY(%s)", (sorted(asked.people),)))
    return all_of(parts)


def _entities(subject: Subject, family: str) -> list[Entity]:
    """Give the entities by which records of a family are told of, that of the page first."""
    given = [subject.entity, *(each.entity for each in subject.around)]
    return list(dict.fromkeys(each for each in given if each.family == family))


def _verbs(actor: Actor, entities: Sequence[Entity]) -> Iterator[str]:
    """Name the steps that are told, as far as the reader may see what they change."""

    def _tells_more(step: Action) -> bool:
        return any(each.level(actor, step.about) is FieldLevel.HIDDEN for each in entities)

    for entity in {kin for each in entities for kin in (each, *each.relatives)}:
        yield from (f"{entity.name}.{verb}" for verb in _PLAIN)
        yield from (step.name for step in entity.actions if step.is_told and not _tells_more(step))


def _tell_steps(actor: Actor, subject: Subject, operations: Collection[int]) -> Mapping[int, Told]:
    roots = [root for family in subject.families for root in subject.ids(family)]
    rows = History.objects.filter(operation__in=list(operations), root_id__in=roots).order_by("id")
    by_operation: dict[int, list[History]] = {}
    known = subject.all
    for row in rows:
        is_own = row.entity == row.root_entity and row.record_id == row.root_id
        if is_own and (row.root_entity, row.root_id) in known:
            by_operation.setdefault(row.operation, []).append(row)
    steps: dict[int, tuple[Step, str]] = {}
    for operation, found in by_operation.items():
        first = min(found, key=lambda row: known[row.root_entity, row.root_id] != "")
        own = [row for row in found if row.root_id == first.root_id]
        entity = _entity_of(subject, first)
        step = step_of(entity, actor, own, first.root_id)
        # Whoever may not see who owns a record is told nothing of its changing hands.
        if step.changes or step.verb != HAND_OVER:
            steps[operation] = step, known[first.root_entity, first.root_id]
    linked = linked_of(actor, [step for step, _of in steps.values()])
    return {
        operation: Told(
            kind=STEPS,
            icon="",
            tone="",
            user_id=step.user_id,
            who=step.who,
            title=str(step.label),
            text=step.note,
            of=of,
            more=StepTold(step, linked),
            facts={"verb": step.verb},
        )
        for operation, (step, of) in steps.items()
    }


def _entity_of(subject: Subject, row: History) -> Entity:
    near = next((each for each in subject.around if _is(each, row)), None)
    is_itself = row.root_entity == subject.entity.family and row.root_id in {subject.id, *subject.formers}
    return subject.entity if is_itself or near is None else near.entity


def _is(near: Nearby, row: History) -> bool:
    return near.entity.family == row.root_entity and near.id == row.root_id


_STEPS = TimelineSource(
    STEPS,
    (Kind(STEPS, pgettext_lazy("timeline", "What happened to it"), "arrow-right"),),
    _steps,
    _tell_steps,
    "derived/timeline_step.html",
)


# --- Files that came to it -------------------------------------------------------------------------------


@dataclass(frozen=True)
class FileTold:
    """A file, and the record on which it lies."""

    file: Attached
    entity: str
    record_id: int


def _files(_actor: Actor, subject: Subject, asked: Asked) -> Sequence[Branch]:
    people = Sql("f.created_by_id = ANY(%s)", (sorted(asked.people),))
    return [
        Branch(
            "files_file f",
            "f.created_at",
            "f.id",
            all_of(
                [
                    Sql("f.entity = %s AND f.record_id = ANY(%s)", (family, subject.ids(family))),
                    Sql("f.deleted_at IS NULL"),
                    *([people] if asked.people else []),
                ]
            ),
        )
        for family in subject.families
    ]


def _tell_files(_actor: Actor, subject: Subject, ids: Collection[int]) -> Mapping[int, Told]:
    rows = list(File.objects.filter(pk__in=list(ids), deleted_at=None).order_by("pk"))
    places = {row.pk: (row.entity, row.record_id) for row in rows}
    known = subject.all
    found = {}
    for file in attach(rows, limits=limits()):
        family, record_id = places[file.id]
        entity = _entity_at(subject, family, record_id)
        found[file.id] = Told(
            kind=FILES,
            icon="paperclip",
            tone="green",
            user_id=file.version.created_by,
            who=file.version.who,
            title=file.name,
            of=known.get((family, record_id), ""),
            more=FileTold(file, entity.name, record_id),
            facts={"file": {"id": file.id, "name": file.name, "size": file.version.size}},
        )
    return found


def _entity_at(subject: Subject, family: str, record_id: int) -> Entity:
    if family == subject.entity.family and record_id == subject.id:
        return subject.entity
    near = (each.entity for each in subject.around if (each.entity.family, each.id) == (family, record_id))
    return next(near, subject.entity)


_FILES = TimelineSource(
    FILES, (Kind(FILES, _("Files"), "paperclip"),), _files, _tell_files, "derived/timeline_file.html"
)
