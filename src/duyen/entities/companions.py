"""What is kept beside a table's rows and follows from them: told of every write, whoever writes."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import models

Columns = Mapping[str, Any]
#: What was worked out ahead of a write, by the name of who follows, and by the row's id.
Worked = Mapping[str, Mapping[int, Any]]


class Companion:
    """Follows the rows of one table. `columns` are those it looks at: a write of others does not reach it.

    With a `name`, what it would work out of new rows may be given to it ready. One that raises InvalidValues
    refuses the write; of a set the rows are written in halves, so that it stops only those that it means.
    """

    columns: Sequence[str] = ()
    name: str = ""

    def born(self, rows: Sequence[Columns]) -> None:
        """Write what belongs to new rows, given by `columns` and id."""
        raise NotImplementedError

    def born_with(self, worked: Mapping[int, Any]) -> None:
        """Write what belongs to new rows, given by id as it was worked out ahead."""
        raise NotImplementedError

    def changed(self, before: Mapping[int, Columns], after: Mapping[int, Columns]) -> None:
        """Write anew what belongs to rows, given by id as they were and as they are now."""
        raise NotImplementedError


_companions: dict[type[models.Model], list[Companion]] = {}


def accompany(model: type[models.Model], companion: Companion) -> None:
    """Let something follow every write of a table's rows."""
    _companions.setdefault(model, []).append(companion)


def follow_births(
    model: type[models.Model],
    rows: Sequence[Columns],
    alike: Columns,
    blanks: Mapping[str, Any],
    worked: Worked | None = None,
) -> None:
    """Tell who follows of rows that were inserted; a column comes from the row, from `alike` or is blank."""
    for companion in _companions.get(model, ()):
        ready = (worked or {}).get(companion.name)
        if ready is not None:
            companion.born_with({row["id"]: ready[row["id"]] for row in rows})
            continue
        rest = {column: alike.get(column, blanks[column]) for column in companion.columns}
        companion.born([{**rest, **_kept(row, ("id", *rest))} for row in rows])


def _kept(row: Columns, columns: Collection[str]) -> dict[str, Any]:
    return {column: row[column] for column in columns if column in row}


def has_companions(model: type[models.Model]) -> bool:
    """Tell whether anything follows the rows of a table."""
    return model in _companions


@contextmanager
def followed(model: type[models.Model], ids: Collection[int], columns: Collection[str]) -> Iterator[None]:
    """Wrap a statement that changes these columns of rows, so that whoever follows them hears of it.

    The rows are read before and after: two queries more, where somebody looks at one of the columns.
    """
    touched = set(columns)
    told = [
        (each, _read(model, ids, each.columns))
        for each in _companions.get(model, ())
        if touched & set(each.columns)
    ]
    yield
    for companion, before in told:
        companion.changed(before, _read(model, list(before), companion.columns))


def _read(model: type[models.Model], ids: Collection[int], columns: Sequence[str]) -> dict[int, Columns]:
    rows = model._default_manager.filter(pk__in=list(ids)).values("id", *columns)
    return {row["id"]: row for row in rows}
