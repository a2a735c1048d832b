"""Switch webhooks on and off, try them, and send once more what failed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import Refused
from duyen.entities.registry import entity_named
from duyen.entities.standard import write_changes
from duyen.foundation.access.actor import Actor
from duyen.foundation.webhooks import queueing, words
from duyen.foundation.webhooks.models import Standing, Webhook

Row = Mapping[str, Any]


class NoSecret(Refused):
    """A webhook without a secret would send what nobody can prove."""

    code = "no_secret"
    sentence = _("This webhook has no secret yet. Make one and give it to the receiver first.")


class NothingFailed(Refused):
    """There is nothing that could be sent once more."""

    code = "nothing_failed"
    sentence = _("No delivery of this webhook failed, or all of them were sent once more.")


@action(
    "webhooks.resume",
    label=_("Switch on"),
    icon="play",
    why_not=lambda row: _("it is on.") if row["is_on"] else None,
    about="is_on",
    text=_("From now on it tells of what happens; what waited since it was paused goes out, too."),
)
def resume(*, actor: Actor, row: Row) -> Row:
    """Switch a webhook on. Raises NoSecret."""
    if not Webhook.objects.filter(pk=row["id"], sealed__isnull=False).exists():
        raise NoSecret
    Standing.objects.filter(webhook_id=row["id"]).update(failures=0, failing_since=None, again_at=None)
    return _switch(actor, row, is_on=True, why="")


@action(
    "webhooks.pause",
    label=_("Pause"),
    icon="pause",
    why_not=lambda row: None if row["is_on"] else _("it is paused."),
    about="is_on",
    text=_("What happens while it is paused is not told later."),
)
def pause(*, actor: Actor, row: Row) -> Row:
    """Pause a webhook; what waits stays until it is switched on again."""
    return _switch(actor, row, is_on=False, why=words.BY_HAND)


@action(
    "webhooks.ping",
    label=_("Send a ping"),
    icon="zap",
    text=_("Sends a message without data, also while it is paused. The log tells what came back."),
)
def send_ping(*, actor: Actor, row: Row) -> Row:
    """Send a message without data, to try the receiver. Raises NoSecret."""
    if not Webhook.objects.filter(pk=row["id"], sealed__isnull=False).exists():
        raise NoSecret
    queueing.ping(int(row["id"]), user_id=actor.user_id, name=actor.name, door=actor.door.value)
    return row


@action(
    "webhooks.replay_failed",
    label=_("Send what failed once more"),
    icon="rotate-ccw",
    text=_("Each message keeps its id, so that a receiver knows one that it has heard already."),
)
def replay_failed(*, actor: Actor, row: Row) -> Row:
    """Put down once more all that failed and was not repeated since. Raises NothingFailed."""
    if not queueing.replay(queueing.not_yet_made_up(int(row["id"]))):
        raise NothingFailed
    return row


def _switch(actor: Actor, row: Row, *, is_on: bool, why: str) -> Row:
    columns = {"is_on": is_on, "why_paused": why}
    version = write_changes(entity_named("webhooks"), actor, row, columns)
    return {**row, **columns, "version": version}
