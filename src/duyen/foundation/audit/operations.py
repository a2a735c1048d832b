"""The migration step that puts a table under the audit trigger."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.migrations.operations import RunSQL

_EVENTS = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
}
#: Columns that every change touches or that are worked out from others.
_NEVER_TOLD = (
    *("version", "completeness", "derived"),
    *("updated_at", "updated_by_id", "created_at", "created_by_id"),
)


def _arguments(values: Sequence[str]) -> str:
    return ", ".join("'" + value.replace("'", "''") + "'" for value in values)


class TraceTable(RunSQL):
    """Trace every write on `table` under the name `entity`, and refuse writes without an actor.

    `root` = (entity, column) names the record on whose page a part's changes are shown.
    `left_out` are derived columns; `secret` columns are told as changed, without their values;
    `party` is the column that holds the party to which a row belongs. A row that belongs to two
    records is traced twice, under a `trigger` name each.
    """

    def __init__(
        self,
        table: str,
        *,
        entity: str,
        root: tuple[str, str] | None = None,
        left_out: Sequence[str] = (),
        secret: Sequence[str] = (),
        party: str = "",
        trigger: str = "trace",
    ) -> None:
        root_entity, root_column = root or (entity, "")
        arguments = _arguments(
            (entity, root_entity, root_column, ",".join((*_NEVER_TOLD, *left_out)), ",".join(secret), party)
        )
        forward: list[Any] = [
            f"CREATE TRIGGER {trigger}_{event} AFTER {event.upper()} ON {table} {tables} "
            f"FOR EACH STATEMENT EXECUTE FUNCTION duyen_trace({arguments})"
            for event, tables in _EVENTS.items()
        ]
        backward: list[Any] = [f"DROP TRIGGER {trigger}_{event} ON {table}" for event in _EVENTS]
        super().__init__(forward, backward)
        self.table = table

    def describe(self) -> str:
        return f"Trace every write on {self.table}"
