"""Carry out what was asked for: an action of the entity, or one of the engine's own steps."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.entities.entity import Entity
from duyen.entities.merging.merging import merge
from duyen.entities.performing import perform
from duyen.entities.standard import Done, delete
from duyen.entities.words import MERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import DELETE


def carry_out(
    entity: Entity,
    verb: str,
    record_id: int,
    *,
    actor: Actor,
    arguments: Mapping[str, Any],
    words: str = "",
    version: int | None = None,
) -> Done:
    """Take a step with one record as it was asked for. Raises what the step raises.

    `version` is that of the record as it was looked at, none where that does not matter yet; `words` are
    those of the one who asked.
    """
    if verb == DELETE:
        reason = str(arguments.get("reason") or words)
        return delete(entity, record_id, actor=actor, version=version, reason=reason)
    if verb == MERGE:
        return _merge(entity, record_id, actor, arguments, version)
    return perform(entity, verb, record_id, actor=actor, arguments=arguments, version=version)


def _merge(
    entity: Entity, record_id: int, actor: Actor, told: Mapping[str, Any], version: int | None
) -> Done:
    versions = {int(key): int(value) for key, value in told["versions"].items()}
    return merge(
        entity,
        record_id,
        [int(each) for each in told["others"]],
        actor=actor,
        versions=versions if version is None else versions | {record_id: version},
        take=told.get("take"),
        values=told.get("values"),
        confirmed=told.get("confirmed") or (),
    )
