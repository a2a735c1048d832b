"""What the page of a webhook shows beside its fields: how it stands, and its log. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.fields import Label
from duyen.entities.history import label_of
from duyen.entities.registry import all_entities
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.webhooks.models import Delivery, DeliveryState, Standing, Webhook
from duyen.foundation.webhooks.problems import problem_of
from duyen.kernel.clock import now

#: So many deliveries stand on a page.
SHOWN = 50
#: Up to so many that wait are counted.
MOST_COUNTED = 1000


def standing(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Show whether there is a secret, what waits, and how the last tries went."""
    kept = Webhook.objects.values("sealed", "before_until").get(pk=row["id"])
    counted = Delivery.objects.filter(webhook_id=row["id"], state=DeliveryState.WAITING)
    until, waiting = kept["before_until"], len(counted.values_list("pk", flat=True)[: MOST_COUNTED + 1])
    return {
        "webhook_id": row["id"],
        "may_change": actor.may("webhooks", CHANGE),
        "has_secret": kept["sealed"] is not None,
        "before_until": until if until is not None and until > now() else None,
        "is_on": row["is_on"],
        "waiting": waiting,
        "waits_long": waiting > MOST_COUNTED,
        "standing": Standing.objects.filter(webhook_id=row["id"]).order_by("pk").first(),
    }


def deliveries(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """List the newest deliveries; the log has a page of its own with filters."""
    found = Delivery.objects.filter(webhook_id=row["id"]).order_by("-id")[:SHOWN]
    return {
        "webhook_id": row["id"],
        "may_change": actor.may("webhooks", CHANGE),
        "deliveries": [shown(each) for each in found],
        "has_more": len(found) == SHOWN,
    }


#: The states of a delivery in words, each with its tone.
STATES: Mapping[str, tuple[Label, str]] = {
    DeliveryState.WAITING: (gettext_lazy("Waiting"), "blue"),
    DeliveryState.SENT: (gettext_lazy("Taken"), "green"),
    DeliveryState.FAILED: (gettext_lazy("Failed"), "red"),
    DeliveryState.CLOSED: (gettext_lazy("Not sent"), "gray"),
}


def shown(delivery: Delivery) -> dict[str, Any]:
    """Show one delivery as a line: what it tells, where it stands, and what came back last."""
    last = delivery.tries[-1] if delivery.tries else {}
    label, tone = STATES[delivery.state]
    closed = _("The user of the webhook may not read this, so nothing was sent.")
    return {
        "it": delivery,
        "what": _what(delivery),
        "state": label,
        "tone": tone,
        "status": last.get("status"),
        "problem": problem_of(last) if last else "",
        "why": closed if delivery.state == DeliveryState.CLOSED else "",
    }


def _what(delivery: Delivery) -> str:
    if not delivery.entity:
        return _("Ping")
    entity = next((each for each in all_entities() if each.name == delivery.entity), None)
    words = {
        "entity": entity.label if entity else delivery.entity,
        "id": delivery.record_id,
        "step": label_of(delivery.verb),
    }
    return _("%(entity)s %(id)s: %(step)s") % words
