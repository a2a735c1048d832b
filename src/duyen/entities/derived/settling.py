"""Work out what follows from a write, in its own transaction, right before it ends.

The trail tells which rows a transaction touched and what changed in them, whoever wrote and by whichever
statement; so nothing that writes has to know of formulas. What is locked by others, and what is more than one
write should wait for, is left to a job and noted as due.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued

from duyen.entities.derived.plans import Far, Plan, Plans, RollUp, all_plans
from duyen.entities.registry import all_entities
from duyen.entities.sql import Sql, name
from duyen.foundation.database.endings import run_endings
from duyen.foundation.fields.models import DueValue
from duyen.foundation.fields.versions import kept, pin, pinned_version, take_version

#: So many rows that follow from a write are worked out within it.
MOST_AT_ONCE = 200
#: Of a row that is new: whatever it holds has changed.
_ALL = frozenset({"*"})
DUE_TASK = "entities.work_out_due_values"


@dataclass
class Touched:
    """Rows that were written, by table and id with the columns that changed; what links held before."""

    rows: dict[str, dict[int, frozenset[str]]] = field(default_factory=dict)
    before: dict[tuple[str, str], dict[int, set[int]]] = field(default_factory=dict)

    def add(self, table: str, row: int, columns: frozenset[str]) -> None:
        held = self.rows.setdefault(table, {})
        held[row] = held.get(row, frozenset()) | columns

    def of(self, table: str, columns: Collection[str]) -> list[int]:
        """List the rows of a table in which one of these columns changed."""
        wanted = set(columns)
        rows = self.rows.get(table, {})
        return sorted(row for row, told in rows.items() if told is _ALL or "*" in told or wanted & told)

    def existing(self, table: str, columns: Collection[str]) -> list[int]:
        """List those that were there before: to a new row nothing links yet that is not new itself."""
        rows = self.rows.get(table, {})
        return [each for each in self.of(table, columns) if "*" not in rows[each]]


def settle() -> None:
    """Work out what follows from all that this transaction has written so far."""
    version = take_version()
    with kept():
        if version != pinned_version():
            pin(version)
        plans = all_plans()
        if plans.ordered:
            follow(_touched(plans), plans)


def settle_now() -> None:
    """Work out before the end what follows from what was written: for whoever reads it back at once."""
    run_endings()


def follow(touched: Touched, plans: Plans) -> None:
    """Work out whatever follows from rows that were touched, step by step, each set by one statement."""
    for group in plans.groups():
        ids: set[int] = set()
        for plan in group:
            own = touched.of(plan.table, plan.own)
            ids.update(own)
            _hold_behind(plan, own, touched)
            for far in plan.fars:
                ids.update(_linking(plan, far, touched.existing(far.table, far.columns)))
            if plan.rollup is not None:
                ids.update(_summed(plan, plan.rollup, touched))
                born = touched.rows.get(plan.table, {})
                ids.update(row for row, told in born.items() if "*" in told)
        if ids:
            columns = frozenset(each.column for each in group)
            for row in work_out(group, sorted(ids)):
                touched.add(group[0].table, row, columns)


def work_out(group: Sequence[Plan], ids: Sequence[int]) -> list[int]:
    """Work out fields of one table for rows that the caller holds; gives those that are another now."""
    statement = written(group, ids)
    with connection.cursor() as cursor:
        cursor.execute(statement.text, statement.params)
        return [int(row[0]) for row in cursor.fetchall()]


def written(group: Sequence[Plan], ids: Sequence[int]) -> Sql:
    """Give the statement that writes fields of one table where they are another."""
    table = name(group[0].table)
    inner = reckoned(group, ids)
    patched = "jsonb_strip_nulls(t.derived || v.patch)"
    return Sql(
        f"UPDATE {table} t SET derived = {patched} FROM ({inner.text}) v"
        f" WHERE t.id = v.id AND t.derived IS DISTINCT FROM {patched} RETURNING t.id",
        inner.params,
    )


def reckoned(group: Sequence[Plan], ids: Sequence[int]) -> Sql:
    """Give the statement that reckons fields of one table from scratch: id and `patch`, keyed by field."""
    pairs = [Sql(f"'{plan.id}', {plan.value.text}", plan.value.params) for plan in group]
    joins = [join for plan in group for join in plan.joins(ids)]
    text = (
        f"SELECT t.id, jsonb_build_object({', '.join(each.text for each in pairs)}) AS patch"
        f" FROM {name(group[0].table)} t {' '.join(each.text for each in joins)} WHERE t.id = ANY(%s)"
    )
    parts = (*pairs, *joins)
    return Sql(text, (*(value for each in parts for value in each.params), list(ids)))


# --- what was written ----------------------------------------------------------------------------------


def _touched(plans: Plans) -> Touched:
    """Read in the trail what this transaction wrote on tables from which anything follows."""
    needed = {table for plan in plans.ordered for table, _column in plan.needs} | {
        p.table for p in plans.ordered
    }
    tables = {family: table for family, table in _tables() if table in needed}
    found = Touched()
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT entity, record_id, kind, changes::text FROM history"
            " WHERE at = now() AND entity = ANY(%s) AND kind IN ('I', 'U', 'D')",
            [list(tables)],
        )
        for family, row, kind, told in cursor.fetchall():
            _note(found, tables[family], row, kind, json.loads(told) if told else {})
    return found


def _note(found: Touched, table: str, row: int, kind: str, changes: Mapping[str, Any]) -> None:
    found.add(table, row, _ALL if kind == "I" else frozenset(changes) | ({"*gone"} if kind == "D" else set()))
    for column, pair in changes.items():
        old = pair[0] if isinstance(pair, list) else None
        if isinstance(old, int) and not isinstance(old, bool):
            found.before.setdefault((table, column), {}).setdefault(row, set()).add(old)


def _tables() -> Iterable[tuple[str, str]]:
    for entity in all_entities():
        yield entity.family, entity.table
        yield from ((part.family, part.model._meta.db_table) for part in entity.parts if part.model)


# --- who follows ---------------------------------------------------------------------------------------


def _hold_behind(plan: Plan, own: Sequence[int], touched: Touched) -> None:
    """Keep what rows newly link to as it is until they are written; what others change just now is due."""
    for far in plan.fars:
        new = [row for row in own if {far.column, "*"} & touched.rows[plan.table][row]]
        if not new:
            continue
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT DISTINCT {far.held} FROM {name(plan.table)} t WHERE t.id = ANY(%s)", [new]
            )
            behind = sorted(row[0] for row in cursor.fetchall() if row[0] is not None)
        busy = set(behind) - set(held(far.table, behind, "SHARE", skip=True))
        if busy:
            _busy_ones(plan, far, new, sorted(busy))


def _busy_ones(plan: Plan, far: Far, rows: Sequence[int], busy: Sequence[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id FROM {name(plan.table)} t WHERE t.id = ANY(%s) AND {far.held} = ANY(%s)",
            [list(rows), list(busy)],
        )
        _leave(plan, [row[0] for row in cursor.fetchall()])


def _linking(plan: Plan, far: Far, behind: Sequence[int]) -> list[int]:
    """Hold the rows that link to what changed; where there are more, the rest is due."""
    if not behind:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT t.id FROM {name(plan.table)} t WHERE {far.held} = ANY(%s) ORDER BY t.id LIMIT %s",
            [list(behind), MOST_AT_ONCE + 1],
        )
        ids = [row[0] for row in cursor.fetchall()]
    ours = held(plan.table, ids[:MOST_AT_ONCE], "NO KEY UPDATE", skip=True)
    if len(ids) > MOST_AT_ONCE:
        _leave(plan, behind, link=far.link)
    else:
        _leave(plan, sorted(set(ids) - set(ours)))
    return ours


def _summed(plan: Plan, rollup: RollUp, touched: Touched) -> list[int]:
    """Hold the records to which touched rows link or linked; those beyond the most and busy ones are due."""
    table = rollup.source.table
    rows = touched.of(table, {*rollup.columns, "*gone"})
    if not rows:
        return []
    column = rollup.source.link.columns[0]
    before = touched.before.get((table, column), {})
    records = {record for row in rows for record in before.get(row, ())}
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT DISTINCT {rollup.held} FROM {name(table)} c WHERE c.id = ANY(%s)", [rows])
        records |= {row[0] for row in cursor.fetchall() if row[0] is not None}
    wanted = sorted(records)
    ours = held(plan.table, wanted[:MOST_AT_ONCE], "NO KEY UPDATE", skip=True)
    _leave(plan, sorted(records - set(ours)))
    return ours


def held(table: str, ids: Sequence[int], strength: str, *, skip: bool = False) -> list[int]:
    """Lock rows in the order of their ids and give those that are held; with `skip` nobody is waited for."""
    if not ids:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT id FROM {name(table)} WHERE id = ANY(%s) ORDER BY id"
            f" FOR {strength}{' SKIP LOCKED' if skip else ''}",
            [list(ids)],
        )
        return [int(row[0]) for row in cursor.fetchall()]


def _leave(plan: Plan, ids: Sequence[int], *, link: str = "") -> None:
    """Note values as due, and call for the job that works them out."""
    if not ids:
        return
    DueValue.objects.bulk_create(
        [DueValue(field_id=plan.id, link=link, record_id=each) for each in ids], batch_size=2_000
    )
    call_for_due()


def call_for_due() -> None:
    """Let the worker go through what is due, once for all who call."""
    try:
        with transaction.atomic():  # a refusal must not spoil the caller's transaction
            app.configure_task(DUE_TASK, queueing_lock=DUE_TASK).defer()
    except AlreadyEnqueued:
        return
