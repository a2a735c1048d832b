"""How many of the duplicates that a file marks would have been proposed, had its rows come in one by one.

The two columns that mark them are read here and nowhere in the product: `true_id` names the customer whom
a row means, so that a row is a duplicate when an earlier one has the same.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from django.db import transaction

from duyen.bench.filling import bench_actor
from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.importing.cells import LineReader
from duyen.entities.importing.mapping import proposed
from duyen.entities.importing.targets import targets_of
from duyen.entities.registry import entity_named
from duyen.entities.tables import Table, open_table
from duyen.entities.twins.finding import find_duplicates
from duyen.entities.twins.likeness import Likeness
from duyen.foundation.access.actor import Actor

#: The column that says whom a row means.
TRUTH = "true_id"
_CHUNK = 2_000
#: A right proposal counts when it stands among so many.
_FIRST = 3


@dataclass
class Score:
    """How often something was proposed, and how often the right record.

    Recall is the share of duplicates whose own record was proposed; precision the share of the rows with a
    proposal that had the right one. Both count the first three proposals.
    """

    duplicates: int = 0
    proposed: int = 0
    right: int = 0

    @property
    def recall(self) -> float:
        return self.right / self.duplicates if self.duplicates else 0.0

    @property
    def precision(self) -> float:
        return self.right / self.proposed if self.proposed else 0.0

    def count(self, found: Sequence[str], truth: str, *, is_duplicate: bool) -> None:
        """Add one row: whom the first proposals mean, and whom the row means."""
        self.duplicates += is_duplicate
        self.proposed += bool(found)
        self.right += truth in found


@dataclass
class Scores:
    """All proposals, and the likely ones alone; `left_out` rows were refused and came in nowhere."""

    rows: int = 0
    left_out: int = 0
    all: Score = field(default_factory=Score)
    likely: Score = field(default_factory=Score)


def score(path: Path, *, unit: int, owner: int) -> Scores:
    """Bring the rows of a file of customers in, into an empty base, and say what was proposed for each."""
    entity, actor = entity_named("customers"), bench_actor()
    table = open_table(path, shown=path.name)
    mapping = proposed(entity, table.heads, actor=actor)
    reader = LineReader(entity, mapping.columns, targets_of(entity, actor))
    place = table.heads.index(TRUTH)
    scores, keeping = Scores(), {"unit": unit, "owner": owner}
    whom: dict[int, str] = {}
    known: set[str] = set()
    for lines in _chunks(table):
        _chunk(entity, actor, reader, lines, place, keeping, (scores, whom, known))
    return scores


def _chunks(table: Table) -> Iterator[list[list[str]]]:
    lines = table.rows()
    while chunk := list(islice(lines, _CHUNK)):
        yield chunk


def _chunk(
    entity: Entity,
    actor: Actor,
    reader: LineReader,
    lines: Sequence[Sequence[str]],
    place: int,
    keeping: Mapping[str, object],
    so_far: tuple[Scores, dict[int, str], set[str]],
) -> None:
    """Score and write one chunk; earlier rows of it count as earlier rows."""
    scores, whom, known = so_far
    read = [reader.read(line) for line in lines]
    rows = [{**keeping, **each.values} for each in read]
    for row in rows:
        if entity.presume:
            entity.presume(row)
    judged = standard.read_many(entity, actor=actor, rows=rows)
    good = [
        number
        for number, (line, (_values, problems)) in enumerate(zip(read, judged.judged, strict=True))
        if not line.problems and not problems
    ]
    truths = [lines[number][place] for number in good]
    found = find_duplicates(entity, actor=actor, rows=[judged.judged[number][0] for number in good])
    scores.rows += len(lines)
    scores.left_out += len(lines) - len(good)
    for truth, each in zip(truths, found, strict=True):
        for kept, into in ((each, scores.all), ([one for one in each if one.is_likely], scores.likely)):
            meant = [_meant(one, truths, whom) for one in kept[:_FIRST]]
            into.count(meant, truth, is_duplicate=truth in known)
        known.add(truth)
    with transaction.atomic():
        made, _operation = standard.create_many(entity, actor=actor, rows=[rows[number] for number in good])
    whom.update((each.id, truth) for each, truth in zip(made, truths, strict=True) if each.id is not None)


def _meant(one: Likeness, truths: Sequence[str], whom: dict[int, str]) -> str:
    return truths[one.row] if one.row is not None else whom.get(one.id or 0, "")


def told(scores: Scores, name: str) -> str:
    """Write the scores as a Markdown table."""
    lines = [
        f"## Duplicates of {name}",
        "",
        f"{scores.rows:,} rows, {scores.left_out:,} of them refused;"
        f" {scores.all.duplicates:,} mean somebody who was there already.",
        "",
        "| Proposals | Rows with one | Right among the first three | Recall | Precision |",
        "|---|--:|--:|--:|--:|",
    ]
    for label, each in (("all", scores.all), ("likely", scores.likely)):
        lines.append(
            f"| {label} | {each.proposed:,} | {each.right:,} | {each.recall:.3f} | {each.precision:.3f} |"
        )
    return "\n".join([*lines, ""])
