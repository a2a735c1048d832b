"""Read and work the log of a webhook, and give it secrets: what its page and its calls share."""

from __future__ import annotations

import json
from collections.abc import Set

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotFound, Refused
from duyen.entities.history import name_verbs
from duyen.entities.locking import lock
from duyen.entities.registry import entity_named
from duyen.entities.standard import write_changes
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, READ
from duyen.foundation.audit import trail
from duyen.foundation.webhooks import queueing
from duyen.foundation.webhooks.models import Delivery, DeliveryState, Webhook
from duyen.foundation.webhooks.problems import problem_of
from duyen.foundation.webhooks.secrets import give_secret
from duyen.surfaces.api.own_fields import outward
from duyen.surfaces.api.records import Json

name_verbs({"webhooks.new_secret": _("New secret"), "webhooks.replay": _("Delivery sent once more")})


class StillWaiting(Refused):
    """The delivery was not sent yet."""

    code = "still_waiting"
    sentence = _("This delivery still waits to be sent. It can be sent once more when it is done.")


def hook_in_sight(hook_id: int, actor: Actor, verb: str = READ) -> Webhook:
    """Find a webhook on which the actor has a right; one in the bin can be read. Raises NotFound."""
    rows = entity_named("webhooks").rows(actor, verb, deleted=None if verb == READ else False)
    found: Webhook | None = rows.filter(pk=hook_id).order_by("pk").first()
    if found is None:
        raise NotFound
    return found


def make_secret(hook_id: int, *, actor: Actor) -> str:
    """Give a webhook a new secret; the one before stays valid for a day. It can be read only now.

    Raises NotFound or NotAllowed.
    """
    entity = entity_named("webhooks")
    with transaction.atomic():
        row = lock(entity, hook_id, actor=actor, verb=CHANGE)
        trail.begin(actor, "webhooks.new_secret")
        secret, columns = give_secret(hook_id)
        write_changes(entity, actor, row, columns)
    return secret


def deliveries_of(
    hook_id: int, *, state: str = "", event: str = "", before: int | None = None, limit: int = 50
) -> tuple[list[Delivery], int | None]:
    """Read one page of a log, the newest first, and the id before which the next one begins."""
    found = Delivery.objects.filter(webhook_id=hook_id).order_by("-id")
    if state:
        found = found.filter(state=state)
    if event:
        found = found.filter(event=event)
    if before is not None:
        found = found.filter(id__lt=before)
    rows = list(found[: limit + 1])
    return rows[:limit], rows[limit - 1].pk if len(rows) > limit else None


def delivery_of(hook_id: int, delivery_id: int) -> Delivery:
    """Find one delivery of a webhook. Raises NotFound."""
    found = Delivery.objects.filter(webhook_id=hook_id, pk=delivery_id).order_by("pk").first()
    if found is None:
        raise NotFound
    return found


def replay_one(hook_id: int, delivery_id: int, *, actor: Actor) -> Delivery:
    """Put one finished delivery down once more. Raises NotFound, NotAllowed or StillWaiting."""
    with transaction.atomic():
        lock(entity_named("webhooks"), hook_id, actor=actor, verb=CHANGE)
        kept = delivery_of(hook_id, delivery_id)
        if kept.state == DeliveryState.WAITING:
            raise StillWaiting
        told = {"delivery": delivery_id}
        trail.note_opened(actor, "webhooks.replay", entity="webhooks", record_id=hook_id, told=told)
        return queueing.replay(Delivery.objects.filter(pk=kept.pk))[0]


def shown_request(delivery: Delivery, reader: Actor) -> str:
    """Give the body that was sent, as far as `reader` may read it herself."""
    try:
        body = json.loads(delivery.request)
    except ValueError:
        return ""
    if delivery.entity:
        body["data"] = _for(reader, delivery, body.get("data") or {})
    return json.dumps(body, ensure_ascii=False, indent=2)


def _for(reader: Actor, delivery: Delivery, data: Json) -> Json:
    try:
        entity = entity_named(delivery.entity)
    except KeyError:
        return {"entity": delivery.entity, "id": delivery.record_id}
    if not entity.rows(reader, READ, deleted=None).filter(pk=delivery.record_id).exists():
        closed = ("entity", "id", "event", "verb", "at")
        return {key: data[key] for key in closed if key in data}
    readable = entity.readable(reader)
    names = {outward(each.name) for each in readable}
    parts = {each.family for each in entity.parts}

    def is_open(name: str) -> bool:
        return name in names or name.partition(".")[0] in parts

    record = data.get("record")
    return {
        **data,
        "code": data.get("code") if "code" in names else "",
        "changed": [each for each in data.get("changed") or [] if is_open(each)],
        "changes": [
            each
            for each in data.get("changes") or []
            if each["entity"] in parts or (each["entity"] == entity.name and each["field"] in names)
        ],
        "record": record and _open_part(record, names, {each.key for each in readable if each.is_own}),
    }


def _open_part(record: Json, names: Set[str], keys: Set[str]) -> Json:
    """Give of a record what its reader may see: fields by name, the company's own by key."""
    shown = {key: value for key, value in record.items() if key in names | {"id", "version"}}
    own = record.get("custom")
    return shown if own is None else {**shown, "custom": {key: own[key] for key in own if key in keys}}


def show_delivery(delivery: Delivery, *, reader: Actor | None = None) -> Json:
    """Show a delivery as JSON; with `reader` also its tries and the body, as far as she may read it."""
    told: Json = {
        "id": delivery.pk,
        "message": delivery.message_id,
        "entity": delivery.entity or None,
        "record": delivery.record_id or None,
        "event": delivery.event,
        "verb": delivery.verb,
        "at": delivery.happened_at.isoformat().replace("+00:00", "Z"),
        "state": delivery.state,
        "attempts": delivery.attempts,
        "next_at": None
        if delivery.state != DeliveryState.WAITING
        else delivery.next_at.isoformat().replace("+00:00", "Z"),
        "replays": delivery.replays,
        "status": delivery.tries[-1]["status"] if delivery.tries else None,
    }
    if reader is not None:
        told["tries"] = [
            {
                "at": each["at"].replace("+00:00", "Z"),
                "status": each["status"],
                "took_ms": each["took_ms"],
                "problem": problem_of(each),
                "response": each.get("response", ""),
            }
            for each in delivery.tries
        ]
        told["request"] = shown_request(delivery, reader)
    return told
