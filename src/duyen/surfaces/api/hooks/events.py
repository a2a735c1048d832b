"""The follower of the trail that puts deliveries down: which webhooks want to hear of what was written."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from typing import Any

from duyen.entities.entity import Entity
from duyen.entities.fields.base import own_path
from duyen.entities.registry import all_entities
from duyen.foundation.audit.following import Entry
from duyen.foundation.webhooks import queueing, rules
from duyen.foundation.webhooks.models import Delivery, Webhook
from duyen.kernel.clock import now

NAME = "webhooks"


@dataclass
class Happened:
    """What one operation did to one record: the event, the columns of its row that changed, who and when."""

    first: Entry
    kinds: list[str] = field(default_factory=list)
    changes: dict[str, Any] = field(default_factory=dict)

    @property
    def event(self) -> str:
        return rules.event_of(kinds=self.kinds, changes=self.changes, verb=self.first.verb)


def tell(entries: Sequence[Entry]) -> None:
    """Put a delivery down for each webhook that wants to hear of these entries."""
    hooks = list(Webhook.objects.filter(is_on=True, deleted_at=None).order_by("pk"))
    if hooks:
        moment = now()
        queueing.put_down([each for it in _happened(entries) for each in _deliveries(hooks, it, moment)])


def _happened(entries: Sequence[Entry]) -> Iterable[Happened]:
    def record(entry: Entry) -> tuple[int, str, int]:
        return entry.operation, entry.root, entry.root_id

    for _key, group in groupby(sorted(entries, key=lambda each: (*record(each), each.id)), key=record):
        found = list(group)
        it = Happened(found[0])
        for entry in found:
            if entry.family == entry.root:
                it.kinds.append(entry.kind)
                it.changes |= entry.changes
        yield it


def _deliveries(hooks: Sequence[Webhook], it: Happened, moment: dt.datetime) -> Iterable[Delivery]:
    for entity in (each for each in all_entities() if each.family == it.first.root):
        fields = changed_fields(entity, it.changes)
        for hook in hooks:
            event = wanted_event(hook, entity, it, fields)
            if event:
                yield _delivery(hook, entity, it, event, fields, moment)


def changed_fields(entity: Entity, changes: Iterable[str]) -> list[str]:
    """Name the fields that stand in changed columns."""
    columns = set(changes)
    return [each.name for each in entity.fields if columns & set(each.columns)]


def wanted_event(hook: Webhook, entity: Entity, it: Happened, fields: Sequence[str]) -> str:
    """Give the name under which a webhook wants to hear of this, or nothing.

    A step that it asks for by name comes under that name; else a change is a change.
    """
    if entity.name not in hook.entities:
        return ""
    event, verb = it.event, f"{entity.name}.{it.first.verb.rpartition('.')[2]}"
    named = verb if verb in hook.events else event if event in hook.events else ""
    if event != rules.CHANGED or not hook.fields:
        return named
    # Limited to fields of other entities, it hears of every change of this one.
    own = {own_path(word).partition(".")[2] for word in hook.fields if word.startswith(f"{entity.name}.")}
    return named if not own or own & set(fields) else ""


def _delivery(
    hook: Webhook, entity: Entity, it: Happened, event: str, fields: Sequence[str], moment: dt.datetime
) -> Delivery:
    return Delivery(
        webhook_id=hook.pk,
        message_id=queueing.new_message_id(),
        entity=entity.name,
        record_id=it.first.root_id,
        event=event,
        verb=it.first.verb,
        operation=it.first.operation,
        happened_at=it.first.at,
        actor_id=it.first.actor_id,
        actor_name=it.first.actor_name,
        door=it.first.door,
        changed=list(fields),
        next_at=moment,
        created_at=moment,
    )
