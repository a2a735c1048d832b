"""Find out what two people changed at the same time, so that neither loses anything."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from duyen.entities.entity import Entity
from duyen.entities.errors import Clash, StaleVersion
from duyen.entities.history import SECRET
from duyen.foundation.audit.models import History


def refuse_stale(entity: Entity, row: Mapping[str, Any], *, version: int, values: Mapping[str, Any]) -> None:
    """Refuse a save whose base is not the current version, naming both values of each field.

    Raises StaleVersion. `values` are the caller's clean values; a clash is a field that somebody
    else changed since `version` and to which the caller gives another value than both had before.
    """
    current = int(row["version"])
    if version == current:
        return
    who, base = changes_since(entity, row["id"], version)
    theirs = entity.values(row)
    clashes = [
        Clash(name, base.get(name), values[name], theirs[name])
        for name in values
        if values[name] != theirs[name]
        and (version > current or (name in base and values[name] != base[name]))
    ]
    raise StaleVersion(who=who or "?", current=current, clashes=clashes)


def changes_since(entity: Entity, record_id: int, version: int) -> tuple[str, dict[str, Any]]:
    """Tell who changed the record after `version`, and what the changed fields held at `version`."""
    return changes_since_many(entity, {record_id: version})[record_id]


def changes_since_many(entity: Entity, versions: Mapping[int, int]) -> dict[int, tuple[str, dict[str, Any]]]:
    """Tell of many records, each since its own version, by one query."""
    entries = (
        History.objects.filter(root_entity=entity.family, root_id__in=list(versions), entity=entity.family)
        .order_by("id")
        .values_list("root_id", "record_version", "actor_name", "changes")
    )
    found: dict[int, list[tuple[str, Mapping[str, Any] | None]]] = {record_id: [] for record_id in versions}
    for record_id, version, actor_name, changes in entries:
        if version is not None and version > versions[record_id]:
            found[record_id].append((actor_name, changes))
    return {record_id: _told(entity, entries) for record_id, entries in found.items()}


def _told(
    entity: Entity, entries: Iterable[tuple[str, Mapping[str, Any] | None]]
) -> tuple[str, dict[str, Any]]:
    who = ""
    columns: dict[str, Any] = {}
    for actor_name, changes in entries:
        who = actor_name
        for column, (old, _new) in (changes or {}).items():
            columns.setdefault(column, old)
    base = {}
    for field in entity.fields:
        told = [column for column in field.columns if column in columns]
        # That a sealed value changed is told by a mark alone, in a column of its own.
        if field.columns[0] in told or any(columns[column] == SECRET for column in told):
            base[field.name] = field.load({column: columns.get(column) for column in field.columns})
    return who, base
