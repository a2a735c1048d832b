"""Rows drawn inside the database from their numbers: through one connection millions would take an hour."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection

from duyen.modules.parties.words import PartyRole

#: What a row has where nobody said anything, by the type of the column.
_NOTHING = {
    "JSONField": "'{}'::jsonb",
    "ArrayField": "'{}'",
    "BooleanField": "false",
    "IntegerField": "1",
    "SmallIntegerField": "0",
}


def drawn(number: str, salt: int, of: int | str) -> str:
    """Give the SQL that draws a whole number from 0 to below `of`: the same one for a number every time."""
    return f"((hashint8extended({number}, {salt}) & 1048575) %% {of})::int"


def picked(number: str, salt: int, shares: Mapping[str, int]) -> str:
    """Give the SQL that picks one of some words, each as often as its share in the sum of all."""
    above, cases = 0, ""
    for word, share in shares.items():
        above += share
        cases += f" WHEN {drawn(number, salt, sum(shares.values()))} < {above} THEN '{word}'"
    return f"CASE{cases} END"


def inserted(
    model: Any, values: Mapping[str, str], unsaid: Mapping[str, str] | None = None
) -> tuple[str, str]:
    """Give the columns of an INSERT and the SQL of their values; `unsaid` is for what is left unsaid."""
    columns = [each for each in model._meta.concrete_fields if not each.generated]
    told = {
        each.column: values.get(each.column) or (unsaid or {}).get(each.column) or _nothing(each)
        for each in columns
    }
    return ", ".join(f'"{each}"' for each in told), ", ".join(told.values())


def _nothing(field: Any) -> str:
    if field.null:
        return "NULL"
    return _NOTHING.get(field.get_internal_type(), "''")


def number_parties(table: str, role: PartyRole) -> int:
    """Number the parties of a role in a table of this connection, `place` from 0; give how many there are."""
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {table} AS SELECT row_number() OVER (ORDER BY id) - 1 AS place, id,"
            " owner_id, unit_id, code_unit_id, created_at FROM parties_party WHERE (role_mask & %s) <> 0",
            [int(role)],
        )
        cursor.execute(f"CREATE UNIQUE INDEX ON {table} (place)")
        cursor.execute(f"ANALYZE {table}")
        cursor.execute(f"SELECT count(*) FROM {table}")
        return int(cursor.fetchone()[0])
