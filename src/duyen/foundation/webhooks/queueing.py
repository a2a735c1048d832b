"""Put down what is to be told, and take it up again."""

from __future__ import annotations

import secrets
from collections.abc import Sequence

from django.db.models import Q, QuerySet

from duyen.foundation.webhooks.models import Delivery, DeliveryState, Standing
from duyen.foundation.webhooks.rules import PING
from duyen.kernel.clock import now


def new_message_id() -> str:
    """Make the id by which a receiver knows that it has heard a message already; every try carries it."""
    return f"msg_{secrets.token_hex(12)}"


def put_down(deliveries: Sequence[Delivery]) -> None:
    """Put deliveries down; those of changes that were put down before are left out."""
    Delivery.objects.bulk_create(deliveries, ignore_conflicts=True)


def ping(webhook_id: int, *, user_id: int | None, name: str, door: str) -> Delivery:
    """Put a ping down: what a receiver can be tried with. It is sent also while the webhook is paused."""
    moment = now()
    Standing.objects.filter(webhook_id=webhook_id).update(again_at=None)
    return Delivery.objects.create(
        webhook_id=webhook_id,
        message_id=new_message_id(),
        entity="",
        record_id=0,
        event=PING,
        verb=PING,
        operation=0,
        happened_at=moment,
        actor_id=user_id,
        actor_name=name,
        door=door,
        next_at=moment,
        created_at=moment,
    )


def replay(deliveries: QuerySet[Delivery]) -> list[Delivery]:
    """Put finished deliveries down once more, each as a new one with the id of its message.

    A receiver that heard it before knows it by that id.
    """
    moment = now()
    made = [
        Delivery(
            webhook_id=each.webhook_id,
            message_id=each.message_id,
            entity=each.entity,
            record_id=each.record_id,
            event=each.event,
            verb=each.verb,
            operation=each.operation,
            happened_at=each.happened_at,
            actor_id=each.actor_id,
            actor_name=each.actor_name,
            door=each.door,
            changed=each.changed,
            next_at=moment,
            created_at=moment,
            replays=each.pk,
        )
        for each in deliveries.exclude(state=DeliveryState.WAITING).order_by("id")
    ]
    return Delivery.objects.bulk_create(made)


def not_yet_made_up(webhook_id: int) -> QuerySet[Delivery]:
    """Give the deliveries of a webhook that failed and were not repeated since."""
    repeated = Delivery.objects.filter(webhook_id=webhook_id, replays__isnull=False)
    failed = Q(state=DeliveryState.FAILED, webhook_id=webhook_id)
    return Delivery.objects.filter(failed).exclude(pk__in=repeated.values("replays"))
