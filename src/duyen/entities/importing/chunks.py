"""One chunk of an import: read ahead without the database, then settled with it, all or nothing."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self

from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _

from duyen.entities import standard
from duyen.entities.births import Births
from duyen.entities.bulk.changing import change_each
from duyen.entities.bulk.outcomes import reason_of
from duyen.entities.bulk.rules import Fate as ChangeFate
from duyen.entities.entity import Entity
from duyen.entities.fields import Link
from duyen.entities.importing.besides import GoneMeanwhile, Ties
from duyen.entities.importing.cells import Line, LineReader
from duyen.entities.importing.duplicates import Match, Matcher
from duyen.entities.importing.links import find_links
from duyen.entities.importing.meeting import meeting_for
from duyen.entities.importing.progress import Fate, Settled
from duyen.entities.importing.ready import Preparing, Ready
from duyen.entities.importing.targets import targets_of
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.registry import entity_named
from duyen.entities.restricted import held_back
from duyen.entities.twins.keeping import KEYS
from duyen.entities.values import Values, broken_links
from duyen.foundation.access.actor import Actor
from duyen.foundation.fields.versions import DECLARED, pinned_version
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import NotYet
from duyen.kernel.errors import FieldProblem

#: So often a chunk is judged again because a record to which it ties went away meanwhile.
_MOST_TIMES = 3
_Keep = Callable[[Sequence[Settled]], None]
_IMPORTED = Settled(Fate.IMPORTED)


@dataclass
class Chunk:
    """Lines as they came, what their cells say, and what each comes to.

    That holds for the actor by whom it was judged, under one version of the definitions. A chunk from
    another process comes without `lines`.
    """

    cells: Sequence[Sequence[str]]
    lines: Sequence[Line]
    actor: Actor | None = None
    version: int = DECLARED
    ready: list[Ready] = field(default_factory=list)


@dataclass(frozen=True)
class _Way:
    """How the lines of one file are read under one version of the definitions; worked out once."""

    version: int
    reader: LineReader
    preparing: Preparing
    has_links: bool
    has_besides: bool
    labels: Mapping[str, str]

    @classmethod
    def of(cls, entity: Entity, columns: Sequence[str], actor: Actor) -> Self:
        targets = targets_of(entity, actor)
        # The column of a field to which the right was lost since is left out; a needed one is missed.
        columns = [key if key in targets else "" for key in columns]
        links = {each.name for each in entity.fields if isinstance(each, Link)}
        besides = [each for beside in entity.beside for each in beside.fields]
        return cls(
            version=pinned_version(),
            reader=LineReader(entity, columns, targets),
            preparing=Preparing(entity),
            has_links=entity.rules_ask or any(key in links for key in columns),
            has_besides=any(key in {each.name for each in besides} for key in columns),
            labels={each.name: str(each.label) for each in (*entity.fields, *besides)},
        )


class Work:
    """What is done with each chunk of one job; what holds for the whole file is worked out once."""

    def __init__(self, job: Job, heads: Sequence[str], actor: Actor) -> None:
        told = job.arguments
        self.entity = entity_named(told["entity"])
        self._rule = OnDuplicate(told.get("on_duplicate", OnDuplicate.CREATE))
        self._is_dry = bool(told.get("dry_run"))
        self._fixed: dict[str, object] = {**told.get("given", {}), **told["keeping"]}
        self._operations: dict[str, int] = told["operations"]
        self._columns: Sequence[str] = told["columns"]
        self._actor = actor
        self._language = translation.get_language()
        self._matcher = Matcher(self.entity, self._rule, is_dry=self._is_dry)
        self._way = _Way.of(self.entity, self._columns, actor)
        self._births: tuple[Actor, Births] | None = None

    def read(self, cells: Sequence[Sequence[str]]) -> Chunk:
        """Read a chunk as far as it goes without the database. Runs in a thread, or in another process."""
        way = self._way
        with translation.override(self._language):
            chunk = Chunk(cells, [way.reader.read(each) for each in cells])
            if not way.has_links and way.version == pinned_version():
                self._prepare(chunk, way, self._actor)
            return chunk

    @property
    def actor(self) -> Actor:
        """Whoever the lines are judged for, as long as the rights stay what they are."""
        return self._actor

    @property
    def asks_nothing(self) -> bool:
        """Whether the lines can be read and judged without the database."""
        return not self._way.has_links and not self._way.has_besides

    def settle(self, chunk: Chunk, *, actor: Actor, first_row: int, keep: _Keep) -> None:
        """Find out what becomes of each row, write it, and call `keep` in the same transaction.

        Raises NotAllowed when the actor may create none any more.
        """
        if self._way.version != pinned_version():
            self._way, self._births = _Way.of(self.entity, self._columns, actor), None
            chunk.lines = []
        way = self._way
        if not chunk.lines and (way.has_links or chunk.version != way.version or chunk.actor != actor):
            chunk.lines, chunk.actor = [way.reader.read(each) for each in chunk.cells], None
        if way.has_links:
            find_links(self.entity, actor, chunk.lines)
        if chunk.actor != actor or chunk.version != way.version:
            self._prepare(chunk, way, actor)
        if self._births is None or self._births[0] != actor:
            self._births = actor, Births(self.entity, actor)
        births = self._births[1]
        if not way.has_besides:
            _Settling(self, chunk, births, actor, first_row, Ties()).run(keep)
            return
        for _time in range(_MOST_TIMES):
            ties = Ties.read(self.entity, actor, chunk.lines)
            ready = [
                each._replace(problems=[*each.problems, *ties.problems.get(place, ())])
                for place, each in enumerate(chunk.ready)
            ]
            try:
                _Settling(self, replace(chunk, ready=ready), births, actor, first_row, ties).run(keep)
            except GoneMeanwhile:
                continue
            return
        raise NotYet(_("The records that the file names are being changed by others. It is tried again."))

    def notes(self, chunk: Chunk, settled: Sequence[Settled]) -> dict[str, int]:
        """Count what was converted in the rows that came in."""
        counted: dict[str, int] = {}
        for ready, each in zip(chunk.ready, settled, strict=True):
            if ready.notes and each.fate in (Fate.IMPORTED, Fate.UPDATED):
                for name, count in ready.notes.items():
                    counted[name] = counted.get(name, 0) + count
        return counted

    def said(self, chunk: Chunk, place: int, births: Births) -> tuple[Values, list[FieldProblem]]:
        """Give the clean values of the fields that a line itself fills, and what cannot be read of them."""
        line = chunk.lines[place] if chunk.lines else self._way.reader.read(chunk.cells[place])
        values, problems = births.read_given(line.values)
        return values, _with_cells(line, problems)

    def _prepare(self, chunk: Chunk, way: _Way, actor: Actor) -> None:
        chunk.ready = way.preparing.prepare(chunk.lines, self._judge(chunk.lines, actor))
        chunk.actor, chunk.version = actor, way.version

    def _judge(self, lines: Sequence[Line], actor: Actor) -> standard.ReadSet:
        """Let the engine read and judge what the lines say; what is wrong with cells goes before."""
        rows = [{**self._fixed, **line.values} for line in lines]
        if self.entity.presume:
            for row in rows:
                self.entity.presume(row)
        read = standard.read_many(self.entity, actor=actor, rows=rows)
        for line, (_values, problems) in zip(lines, read.judged, strict=True):
            problems[:] = _with_cells(line, problems)
        return read

    def rejected(self, problems: Sequence[FieldProblem], name: str) -> Settled:
        """Say what is wrong with a row, field by field."""
        first, labels = problems[0], self._way.labels
        kind = labels.get(first.field) or str(first.message)
        reason = " · ".join(
            f"{labels[each.field]}: {each.message}" if each.field in labels else str(each.message)
            for each in problems
        )
        return Settled(Fate.REJECTED, kind, reason, name)

    @property
    def rule(self) -> OnDuplicate:
        return self._rule

    @property
    def matcher(self) -> Matcher:
        return self._matcher

    @property
    def is_dry(self) -> bool:
        return self._is_dry

    def operation(self, verb: str) -> int:
        """Give the operation under which the whole import creates or changes."""
        return self._operations[verb]


def _with_cells(line: Line, problems: Sequence[FieldProblem]) -> list[FieldProblem]:
    """Put what is wrong with the cells of a line before what is wrong with the values read from them."""
    told = {each.field for each in line.problems}
    if told == {""}:
        return line.problems
    return [*line.problems, *(each for each in problems if each.field not in told)]


@dataclass
class _Settling:
    """One chunk on its way into the database."""

    work: Work
    chunk: Chunk
    births: Births
    actor: Actor
    first_row: int
    ties: Ties
    settled: list[Settled | None] = field(default_factory=list)
    #: What rows say of the records that they name, by place.
    said: dict[int, Values] = field(default_factory=dict)

    def run(self, keep: _Keep) -> None:
        """Settle every row; creates, changes, refusals and progress are one transaction."""
        work, ready = self.work, self.chunk.ready
        self.settled = [None] * len(ready)
        if work.is_dry or work.rule is not OnDuplicate.CREATE:
            self._tell_broken_links()
        known = self._known()
        good = {place: each for place, each in enumerate(ready) if not each.problems}
        for place, each in enumerate(ready):
            if each.problems:
                self.settled[place] = work.rejected(each.problems, each.name)
        matches = {place: match for place, match in known.items() if place in good}
        rest = {place: each for place, each in good.items() if place not in matches}
        matches |= work.matcher.match(self.actor, rest, self.first_row)
        new = [place for place in good if matches[place].is_new]

        def beside(made: Sequence[standard.Made]) -> None:
            ids = {place: each.id for place, each in zip(new, made, strict=True)}
            for place, each in zip(new, made, strict=True):
                self.settled[place] = (
                    work.rejected(each.problems, ready[place].name) if each.problems else _IMPORTED
                )
            if not work.is_dry:
                self.ties.hold()
                self.ties.make(ids)
            self._settle_matches({place: match for place, match in matches.items() if not match.is_new}, ids)
            keep([each for each in self.settled if each is not None])

        if work.is_dry:
            with transaction.atomic():
                beside([standard.Made(0) for _place in new])
            return
        standard.create_read(
            work.entity,
            self._new([ready[place] for place in new]),
            lives=[ready[place].life for place in new],
            beside=beside,
            operation_id=work.operation("create"),
        )

    def _new(self, ready: Sequence[Ready]) -> standard.ReadSet:
        """Give rows that look like nothing else as new records."""
        worked = {KEYS: [[number for number, _place, _text in each.marks] for each in ready]}
        return standard.ReadSet(
            self.actor,
            self.births,
            [(each.links, each.problems) for each in ready],
            columns=[each.columns for each in ready],
            worked=worked if self.work.entity.duplicates else {},
        )

    def _name(self, place: int) -> str:
        return self.chunk.ready[place].name

    def _tell_broken_links(self) -> None:
        """Refuse rows that name somebody who cannot keep records any more; a dry run is told so too."""
        links = [each.links for each in self.chunk.ready]
        for place, found in broken_links(self.work.entity, self.actor, links).items():
            self.chunk.ready[place].problems.extend(found)
        if self.work.is_dry:
            columns = [each.columns for each in self.chunk.ready]
            whole = standard.whole_rows(self.work.entity, columns, links)
            for place, found in held_back(self.work.entity, whole, actor=self.actor).items():
                self.chunk.ready[place].problems.extend(found)

    def _known(self) -> dict[int, Match]:
        """Find the rows that name a record that is there, and judge them by what they say of it.

        What such a row would lack as a new record, its record has.
        """
        matches = self.work.matcher.match_known(self.actor, self.chunk.ready)
        leaves = self.work.rule is OnDuplicate.SKIP
        for place, match in matches.items():
            problems: list[FieldProblem] = []
            if not match.is_refused and not leaves:
                said, problems = self.work.said(self.chunk, place, self.births)
                problems = [*problems, *self.ties.problems.get(place, ())]
                self.said[place] = said
            self.chunk.ready[place] = self.chunk.ready[place]._replace(problems=problems)
        return matches

    def _settle_matches(self, matches: dict[int, Match], made: dict[int, int | None]) -> None:
        """Settle the rows that are there already, or came twice in the file, by the rule."""
        waiting = dict(matches)
        while waiting:
            ready: dict[int, tuple[int, int]] = {}
            for place, match in list(waiting.items()):
                if match.is_refused or self.work.rule is OnDuplicate.SKIP:
                    self.settled[place] = match.told(self._name(place))
                    del waiting[place]
                    continue
                record_id = match.id
                if match.earlier is not None:
                    if match.earlier in waiting:
                        continue
                    record_id = made.get(match.earlier)
                if not record_id and not self.work.is_dry:
                    self.settled[place] = self._again(place)
                    made[place] = None
                    del waiting[place]
                elif record_id not in {taken for _place, taken in ready.values()} or not record_id:
                    ready[place] = (place, record_id or 0)
            for place, record_id in ready.values():
                made[place] = record_id
                del waiting[place]
            self._change(dict(ready.values()))

    def _again(self, place: int) -> Settled:
        """Refuse a row whose earlier twin of the same file was refused by the database."""
        told = _(
            "An earlier row of this file that looks the same was refused. Mend both and import them again."
        )
        return self.work.rejected([FieldProblem("", "twin_refused", told)], self._name(place))

    def _said(self, place: int) -> Values:
        """Give what a row says of its record, without that by which it names it."""
        said = self.said.get(place)
        if said is None:
            return self.work.said(self.chunk, place, self.births)[0]
        named = {each.name for each in self.work.entity.known_fields}
        return {name: value for name, value in said.items() if name not in named}

    def _change(self, rows: dict[int, int]) -> None:
        """Change the records that rows match, each by what its row says."""
        work = self.work
        for place, record_id in rows.items():
            if not record_id:  # a dry run has made nothing that could be changed
                self.settled[place] = Settled(Fate.UPDATED)
        places = {record_id: place for place, record_id in rows.items() if record_id}
        if not places:
            return
        changes = {record_id: self._said(place) for record_id, place in places.items()}
        done = change_each(
            work.entity,
            changes,
            actor=self.actor,
            meet=meeting_for(work.entity, work.rule),
            operation_id=work.operation("change"),
            writes=not work.is_dry,
        )
        fates = {ChangeFate.CHANGED: Fate.UPDATED, ChangeFate.UNCHANGED: Fate.UNCHANGED}
        known = {places[each.id]: each.id for each in done.outcomes if each.fate in fates}
        tied = self.ties.meet(known, work.rule, writes=not work.is_dry)
        for outcome in done.outcomes:
            place = places[outcome.id]
            if outcome.fate in fates:
                fate = Fate.UPDATED if outcome.id in tied else fates[outcome.fate]
                self.settled[place] = Settled(fate)
                continue
            reason = _("There already as “%(name)s”, and cannot be changed: %(reason)s") % {
                "name": outcome.name,
                "reason": reason_of(work.entity, outcome),
            }
            self.settled[place] = Settled(Fate.REJECTED, _("There already"), reason, self._name(place))
