"""What a delivery says: record and change as far as the webhook's user may read them at that moment."""

from __future__ import annotations

import json
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.utils import translation

from duyen.entities.entity import Entity
from duyen.entities.history import history
from duyen.entities.merging.standing import where_it_went
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import READ, Door
from duyen.foundation.org.models import User
from duyen.foundation.webhooks import rules
from duyen.foundation.webhooks.models import Delivery, Webhook
from duyen.surfaces.api.records import Json, show_history, show_records


class UserGone(Exception):
    """The user by whose rights the webhook reads may no longer sign in."""


class Closed(Exception):
    """The user may not read what this delivery would tell."""


class NoSuchRecord(Exception):
    """The record is of another kind, or gone for good: there is nothing to tell of this entity."""


def reader_of(hook: Webhook) -> Actor:
    """Give the actor by whose rights a webhook reads, as they stand now. Raises UserGone."""
    user = User.objects.filter(pk=hook.user_id, is_active=True).order_by("pk").first()
    if user is None:
        raise UserGone
    return actor_for(user, Door.API)


def compose(delivery: Delivery, hook: Webhook) -> bytes:
    """Write the body of a delivery. Raises UserGone, Closed or NoSuchRecord."""
    reader = reader_of(hook)
    with translation.override(reader.language):
        if delivery.event == rules.PING:
            data: Json = {"webhook": {"id": hook.pk, "name": hook.name}}
            told = rules.PING
        else:
            data, told = _data(delivery, reader)
    body = {"type": told, "timestamp": _moment(delivery), "data": data}
    return json.dumps(body, ensure_ascii=False, cls=DjangoJSONEncoder).encode()


def _moment(delivery: Delivery) -> str:
    return delivery.happened_at.isoformat().replace("+00:00", "Z")


def _data(delivery: Delivery, reader: Actor) -> tuple[Json, str]:
    try:
        entity = entity_named(delivery.entity)
    except KeyError as error:
        raise NoSuchRecord from error
    data: Json = {
        "entity": entity.name,
        "id": delivery.record_id,
        "code": "",
        "event": delivery.event.rpartition(".")[2],
        "verb": delivery.verb,
        # 63 bits: more than a number of JavaScript holds.
        "operation": str(delivery.operation),
        "at": _moment(delivery),
        "actor": {"id": delivery.actor_id, "label": delivery.actor_name},
        "door": delivery.door,
        "changed": [],
        "changes": [],
        "record": None,
    }
    data |= _of_row(entity, delivery, reader)
    event = data["event"] if data["event"] in rules.EVENTS else f"{data['event']}"
    return data, f"{entity.name}.{event}"


def _of_row(entity: Entity, delivery: Delivery, reader: Actor) -> Json:
    """Tell of the record what the reader may see. Raises Closed or NoSuchRecord."""
    kinds = entity.model._default_manager.filter(entity.kind.q, pk=delivery.record_id)
    if not kinds.exists():
        raise NoSuchRecord
    if not reader.may(entity.name, READ):
        raise Closed
    rows = entity.rows(reader, deleted=None).filter(pk=delivery.record_id).order_by("pk")
    row = rows.values(*entity.columns).first()
    if row is None:
        raise Closed
    entity.unfold(row)
    (record,) = show_records(entity, [row], actor=reader)
    told: Json = {"code": record.get("code") or ""}
    told |= _changes(entity, delivery, reader)
    if row.get("deleted_at") is None:
        told["record"] = record
    elif (went := where_it_went(entity, delivery.record_id, reader)) is not None:
        told["merged_into"] = {"entity": went[0].name, "id": went[1]}
    return told


def _changes(entity: Entity, delivery: Delivery, reader: Actor) -> Json:
    """Tell what changed as the record's history tells this reader. Raises Closed for a hidden change."""
    page = history(entity, delivery.record_id, actor=reader, before=delivery.operation + 1, limit=1)
    shown: list[Any] = show_history(page)["items"]
    if not shown or shown[0]["operation"] != str(delivery.operation):
        if delivery.event == rules.CHANGED:
            raise Closed
        return {}
    changes = [each for each in shown[0]["changes"] if not each["is_secret"]]
    secret = [each["field"] for each in shown[0]["changes"] if each["is_secret"]]
    if delivery.event == rules.CHANGED and delivery.changed and not shown[0]["changes"]:
        raise Closed
    named = [each["field"] if each["entity"] == entity.name else _of_part(each) for each in changes]
    keys = ("entity", "field", "from", "to")
    return {
        "changed": list(dict.fromkeys([*named, *secret])),
        "changes": [{key: each[key] for key in keys} for each in changes],
    }


def _of_part(change: Json) -> str:
    return f"{change['entity']}.{change['field']}"
