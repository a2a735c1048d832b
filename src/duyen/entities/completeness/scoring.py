"""Work scores out while rows are written: of new rows, and of rows whose inputs change."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Mapping, MutableMapping, Sequence
from typing import Any

from django.db import connection
from psycopg import sql

from duyen.entities.completeness.columns import score_sql
from duyen.entities.completeness.declaring import COLUMN, Completeness
from duyen.entities.completeness.rules import Weights, rounded
from duyen.entities.completeness.weights import hold_weights

Row = Mapping[str, Any]


def score_new(
    scored: Completeness | None, rows: Sequence[MutableMapping[str, Any]], alike: Mapping[str, Any]
) -> None:
    """Put the score of each new row into it. Must run inside the transaction that writes them."""
    if scored is None or not rows:
        return
    scorer = Scorer(scored, hold_weights(scored), alike)
    for row in rows:
        row[COLUMN] = scorer.score(row)


def score_changed(
    scored: Completeness | None, changes: Sequence[tuple[Row, Mapping[str, Any]]]
) -> list[dict[str, Any]]:
    """Give the changed columns of each row, with its score where an input is among them.

    The rows are locked, with all columns that the score follows from. Must run inside a transaction.
    """
    found = [dict(columns) for _row, columns in changes]
    if scored is None:
        return found
    inputs = set(scored.columns)
    touched = [place for place, columns in enumerate(found) if inputs & columns.keys()]
    if not touched:
        return found
    scorer = Scorer(scored, hold_weights(scored), {})
    for place in touched:
        row = dict(changes[place][0])
        if not inputs <= row.keys():
            raise KeyError(f"a row was locked without {sorted(inputs - row.keys())}")
        found[place][COLUMN] = scorer.score(ChainMap(found[place], row))
    return found


def score_again(scored: Completeness | None, ids: Sequence[int]) -> None:
    """Work out the scores of rows that were written without the values in hand; the caller holds them.

    Must run inside the transaction that wrote them, with the trail open.
    """
    if scored is None or not ids:
        return
    statement = sql.SQL("UPDATE {} SET {} = {} WHERE id = ANY(%s)").format(
        sql.Identifier(scored.model._meta.db_table),
        sql.Identifier(COLUMN),
        score_sql(scored, hold_weights(scored)),
    )
    with connection.cursor() as cursor:
        cursor.cursor.execute(statement, [list(ids)])


class Scorer:
    """Scores rows with the same weights; `alike` are columns that hold for rows that do not name them.

    A column holds something when its value is true: no empty text, list or object, no nothing.
    """

    def __init__(self, scored: Completeness, weights: Weights, alike: Mapping[str, Any]) -> None:
        self._split = scored.split
        self._kind = alike.get(scored.split)
        self._plans = {kind: _plan(scored, given, alike) for kind, given in weights.items()}

    def score(self, row: Mapping[str, Any]) -> int | None:
        """Give the score of one row, none for a kind to which nothing applies."""
        get = row.get
        plan = self._plans.get(get(self._split, self._kind))
        if plan is None:
            return None
        got, applies, items = plan
        for weight, columns in items:
            for column in columns:
                if get(column):
                    got += weight
                    break
        return rounded(got, applies)


_Plan = tuple[int, int, tuple[tuple[int, tuple[str, ...]], ...]]


def _plan(scored: Completeness, weights: Sequence[int], alike: Mapping[str, Any]) -> _Plan:
    """Lay out what is to be looked at: what every row has already, the sum, and the items that are left."""
    had, left = 0, []
    for weight, columns in zip(weights, scored.inputs, strict=True):
        if any(alike.get(column) for column in columns):
            had += weight
        elif weight:
            left.append((weight, columns))
    return had, sum(weights), tuple(left)
