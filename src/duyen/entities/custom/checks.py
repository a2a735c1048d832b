"""What `duyen check` and the start say of definitions and database: whether the two still fit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

from django.db import connection

from duyen.entities.custom.defining import adaptable
from duyen.entities.fields.options import list_named
from duyen.entities.registry import all_entities
from duyen.entities.sql import name
from duyen.foundation.database.health import Finding, Level
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import FieldKind, FieldState

#: Of a big table so many records are looked through.
_SAMPLE = 200_000
_NUMBERS = (FieldKind.WHOLE, FieldKind.DECIMAL, FieldKind.AMOUNT, FieldKind.LINK)
_TYPES = {
    **dict.fromkeys(_NUMBERS, "number"),
    FieldKind.FLAG: "boolean",
    FieldKind.CHOICES: "array",
}


def check_fields() -> Iterator[Finding]:
    """Look for definitions of what is not there, keys without a definition, values of another kind."""
    held = list(CustomField.objects.order_by("pk"))
    faults = [*_homeless(held), *(line for table in _tables() for line in _values(table, held))]
    for line in faults:
        yield Finding(Level.WARNING, line)
    if not faults:
        in_use = sum(1 for each in held if each.state == FieldState.ACTIVE)
        yield Finding(Level.GOOD, f"Fields of the company: {in_use} in use, values fit their definitions")


def _tables() -> list[str]:
    return sorted({each.table for each in adaptable()})


def _homeless(held: list[CustomField]) -> Iterator[str]:
    known, targets = {each.name for each in adaptable()}, {each.name for each in all_entities()}
    for each in held:
        if each.state == FieldState.DELETED:
            continue
        what = f"Field {each.entity}.custom.{each.key}"
        if each.entity not in known:
            yield f"{what} belongs to no kind of record: bring its module back, or delete the field"
        elif each.kind == FieldKind.LINK and each.limits.get("to") not in targets:
            yield f"{what} leads to records that are not there: bring their module back, or delete the field"
        elif each.limits.get("list") and list_named(each.limits["list"]) is None:
            yield f"{what} takes options from a list that is not there: bring that back, or delete the field"


def _values(table: str, held: list[CustomField]) -> Iterator[str]:
    """Look at the first records: which keys they hold, and values of which type."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT f.key, jsonb_typeof(f.value), count(*) FROM (SELECT custom FROM {name(table)}"
            f" WHERE custom <> '{{}}'::jsonb LIMIT {_SAMPLE}) t, jsonb_each(t.custom) f GROUP BY 1, 2"
        )
        for key, kind, count in cursor.fetchall():
            found[key][kind] = count
    by_key = {str(each.pk): each for each in held}
    for key, types in sorted(found.items()):
        definition = by_key.get(key)
        count = sum(types.values())
        if definition is None or definition.state == FieldState.DELETED:
            yield (
                f"Records in {table} hold {count} values of field {key}, which is not defined any more:"
                " they are being removed, or a backup brought them back; nobody sees them"
            )
            continue
        wanted = _TYPES.get(FieldKind(definition.kind), "string")
        wrong = sum(number for kind, number in types.items() if kind != wanted)
        if wrong:
            yield (
                f"Field {definition.entity}.custom.{definition.key}: {wrong} values are no {wanted}s and are"
                " shown as empty; open those records and enter them again"
            )
