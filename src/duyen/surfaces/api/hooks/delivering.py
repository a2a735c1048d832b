"""Make the tries of one webhook: compose, send, and keep how it went. Nothing is locked while it waits."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

from django.db import connection, transaction
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.history import name_verbs
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.fields import versions
from duyen.foundation.notices.kinds import SYSTEM, NoticeKind, declare
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.administrators import administrators
from duyen.foundation.webhooks import addresses, rules, sending, signing
from duyen.foundation.webhooks.models import Delivery, DeliveryState, Standing, Webhook
from duyen.foundation.webhooks.secrets import keys_of
from duyen.foundation.webhooks.words import FAILING, GONE, USER_GONE
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.surfaces.api.hooks.composing import Closed, NoSuchRecord, UserGone, compose

#: So long a process has a webhook; longer than its turn and its last try together.
HELD = dt.timedelta(minutes=3)
#: So long one webhook is served before it lets another one have its thread.
TURN_SECONDS = 30.0
#: So much of a request is kept in the log.
KEPT_LETTERS = 100_000

PAUSED = "webhook_paused"
declare(
    NoticeKind(
        PAUSED,
        SYSTEM,
        "webhook",
        one=_("The webhook %(name)s was paused: its deliveries fail. Look at its log, then resume it."),
        many=_("%(count)s times a webhook was paused: its deliveries fail. Look at its log, then resume it."),
        tone="amber",
    )
)
name_verbs({"webhooks.pause_failing": _("Paused, because deliveries failed")})


def serve(webhook_id: int) -> int:
    """Send what waits for one webhook, until it fails or its turn is over; returns how many tries it made.

    No try is made where another process serves it.
    """
    made, until = 0, time.monotonic() + TURN_SECONDS
    if not _take(webhook_id):
        return 0
    try:
        while time.monotonic() < until:
            delivery = next_waiting(webhook_id)
            if delivery is None:
                break
            made += 1
            if not attempt(delivery):
                break
    finally:
        _let_go(webhook_id)
    return made


def next_waiting(webhook_id: int) -> Delivery | None:
    """Give the delivery of a webhook whose turn it is; while it is paused, pings alone."""
    hook = Webhook.objects.filter(pk=webhook_id, deleted_at=None).order_by("pk").first()
    if hook is None:
        return None
    waiting = Delivery.objects.filter(
        webhook_id=webhook_id, state=DeliveryState.WAITING, next_at__lte=now()
    ).order_by("next_at", "id")
    if not hook.is_on:
        waiting = waiting.filter(event=rules.PING)
    standing = Standing.objects.filter(webhook_id=webhook_id).order_by("pk").first()
    if standing is not None and standing.again_at is not None and standing.again_at > now():
        return None
    return waiting.first()


def attempt(delivery: Delivery) -> bool:
    """Make one try, by the definitions of that moment; tells whether the next one may follow at once."""
    with versions.kept():
        versions.pin()
        return _attempt(delivery)


def _attempt(delivery: Delivery) -> bool:
    hook = Webhook.objects.select_related("user").get(pk=delivery.webhook_id)
    try:
        body = compose(delivery, hook)
    except NoSuchRecord:
        delivery.delete()
        return True
    except Closed:
        _finish(delivery, DeliveryState.CLOSED)
        return True
    except UserGone:
        _pause(hook, USER_GONE, name=hook.user.full_name)
        return False
    started = time.monotonic()
    try:
        response = _send(hook, delivery, body)
    except DomainError as error:
        problem = {"code": error.code, "params": {key: str(each) for key, each in error.params.items()}}
        took = round((time.monotonic() - started) * 1000)
        return _keep(hook, delivery, body, {"status": None, "took_ms": took, "problem": problem})
    told = {"status": response.status, "took_ms": response.took_ms, "response": response.text}
    return _keep(hook, delivery, body, told)


def _send(hook: Webhook, delivery: Delivery, body: bytes) -> sending.Response:
    allow = addresses.allowed()
    place = addresses.read_address(hook.address, allow=allow)
    headers = signing.headers(delivery.message_id, now(), body, keys=keys_of(hook))
    if not connection.in_atomic_block:
        connection.close()  # nobody keeps one of the few connections while a receiver thinks
    return sending.post(place, body, headers, allow=allow, seconds=sending.MOST_SECONDS)


def _keep(hook: Webhook, delivery: Delivery, body: bytes, told: dict[str, Any]) -> bool:
    """Write down how a try went; tells whether it was taken."""
    status = told["status"]
    is_taken = status is not None and rules.is_success(status)
    moment = now()
    delivery.tries = [*delivery.tries, {"at": moment.isoformat(), **told}]
    delivery.attempts += 1
    delivery.request = body.decode()[:KEPT_LETTERS]
    pause = None if is_taken or delivery.event == rules.PING else rules.pause_before(delivery.attempts)
    with transaction.atomic():
        if pause is not None:
            delivery.next_at = moment + pause
            delivery.save(update_fields=["tries", "attempts", "request", "next_at"])
        else:
            _finish(delivery, DeliveryState.SENT if is_taken else DeliveryState.FAILED)
        standing = _stand(hook.pk, moment, is_taken=is_taken, is_ping=delivery.event == rules.PING)
    if status == 410:
        _pause(hook, GONE)
    elif not is_taken and standing.failing_since is not None:
        failing_for = moment - standing.failing_since
        if rules.is_given_up(failures=standing.failures, failing_for=failing_for):
            _pause(hook, FAILING)
    return is_taken


def _finish(delivery: Delivery, state: DeliveryState) -> None:
    delivery.state, delivery.finished_at = state.value, now()
    delivery.save(update_fields=["state", "finished_at", "tries", "attempts", "request"])


def _stand(webhook_id: int, moment: dt.datetime, *, is_taken: bool, is_ping: bool) -> Standing:
    standing, _made = Standing.objects.get_or_create(webhook_id=webhook_id)
    if is_taken:
        standing.failures, standing.failing_since, standing.again_at = 0, None, None
        standing.sent_at = moment
    elif not is_ping:
        standing.failures += 1
        standing.failing_since = standing.failing_since or moment
        standing.again_at = moment + rules.peace_after(standing.failures)
    columns = ["failures", "failing_since", "again_at", "sent_at"]
    standing.save(update_fields=columns)
    return standing


def _pause(hook: Webhook, why: str, *, name: str = "") -> None:
    """Pause a webhook for a reason, and tell the administrators. What waits goes on when resumed."""
    with transaction.atomic():
        kept = Webhook.objects.select_for_update(no_key=True).get(pk=hook.pk)
        if not kept.is_on:
            return
        trail.begin(system_actor("webhooks", door=Door.JOB), "webhooks.pause_failing")
        kept.is_on, kept.why_paused = False, why
        kept.version, kept.updated_at, kept.updated_by_id = kept.version + 1, now(), None
        columns = ["is_on", "why_paused", "version", "updated_at", "updated_by"]
        kept.save(update_fields=columns)
        notify(
            administrators(), PAUSED, entity="webhooks", record_id=hook.pk, fold=str(hook.pk), name=hook.name
        )


def _take(webhook_id: int) -> bool:
    """Take a webhook for this process, so that its deliveries leave one after the other."""
    Standing.objects.get_or_create(webhook_id=webhook_id)
    free = Standing.objects.filter(Q(held_until=None) | Q(held_until__lte=now()), webhook_id=webhook_id)
    return free.update(held_until=now() + HELD) == 1


def _let_go(webhook_id: int) -> None:
    Standing.objects.filter(webhook_id=webhook_id).update(held_until=None)
