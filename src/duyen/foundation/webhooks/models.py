"""Who is told of which changes, where each subscription stands, and what was sent."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from duyen.foundation.records import Binned


class DeliveryState(models.TextChoices):
    """Where a delivery stands; all but the first are final."""

    WAITING = "waiting"
    SENT = "sent"
    FAILED = "failed"
    #: The user of the webhook may not read the record.
    CLOSED = "closed"


class Webhook(Binned):
    """One subscription: which events of which entities go to which address, by the eyes of which user.

    `fields` limits changes to those that touch one of them. `sealed` is the secret, encrypted;
    `sealed_before` is the one that it replaced, valid until `before_until`.
    """

    name = models.CharField(max_length=120)
    address = models.CharField(max_length=500)
    entities = ArrayField(models.CharField(max_length=60), default=list)
    events = ArrayField(models.CharField(max_length=80), default=list)
    fields = ArrayField(models.CharField(max_length=120), default=list)
    user = models.ForeignKey("org.User", models.PROTECT, related_name="+")
    is_on = models.BooleanField(default=False)
    why_paused = models.CharField(max_length=300, default="")
    sealed = models.BinaryField(null=True)
    sealed_before = models.BinaryField(null=True)
    before_until = models.DateTimeField(null=True)


class Standing(models.Model):
    """How it goes with one webhook: tries that failed one after the other, and when the next may be made.

    `held_until` is until when the process that serves it has it for itself: a time, not a lock, because
    nobody keeps a connection while a receiver thinks.

    Apart from the subscription, because it changes with every try and is nobody's decision.
    """

    webhook = models.OneToOneField(Webhook, models.CASCADE, primary_key=True, related_name="standing")
    failures = models.IntegerField(default=0)
    failing_since = models.DateTimeField(null=True)
    again_at = models.DateTimeField(null=True)
    sent_at = models.DateTimeField(null=True)
    held_until = models.DateTimeField(null=True)


class Delivery(models.Model):
    """One thing that is to be told to one webhook, with every try: {at, status, took_ms, problem, response}.

    `request` is the body as it was last sent. `replays` names the delivery that this one repeats.
    """

    id = models.BigAutoField(primary_key=True)
    webhook = models.ForeignKey(Webhook, models.CASCADE, related_name="deliveries", db_index=False)
    message_id = models.CharField(max_length=40)
    entity = models.CharField(max_length=60)
    record_id = models.BigIntegerField()
    event = models.CharField(max_length=80)
    verb = models.CharField(max_length=60)
    operation = models.BigIntegerField()
    happened_at = models.DateTimeField()
    actor_id = models.BigIntegerField(null=True)
    actor_name = models.CharField(max_length=160)
    door = models.CharField(max_length=12)
    changed = ArrayField(models.CharField(max_length=80), default=list)
    state = models.CharField(max_length=10, default=DeliveryState.WAITING)
    attempts = models.IntegerField(default=0)
    next_at = models.DateTimeField()
    tries = models.JSONField(default=list)
    request = models.TextField(default="")
    replays = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["webhook", "operation", "entity", "record_id", "event"],
                condition=models.Q(replays=None, operation__gt=0),
                name="a_webhook_is_told_once_of_a_change",
            )
        ]
        indexes = [
            models.Index(fields=["webhook", "-id"], name="deliveries_newest_first"),
            models.Index(
                fields=["webhook", "next_at"],
                condition=models.Q(state=DeliveryState.WAITING),
                name="deliveries_that_wait",
            ),
            models.Index(fields=["created_at"], name="deliveries_by_age"),
        ]
