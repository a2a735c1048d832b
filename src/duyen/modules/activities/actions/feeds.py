"""The secret address of one's own calendar: made, made anew, revoked, and who stands behind it now."""

from __future__ import annotations

import datetime as dt
import secrets
from dataclasses import dataclass

from django.db import transaction
from django.db.models import Exists, OuterRef, Subquery
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed
from duyen.entities.history import name_verbs
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.models import AccessEpoch
from duyen.foundation.access.queries import actor_for, owes_second_factor
from duyen.foundation.access.words import READ, Door
from duyen.foundation.audit import trail
from duyen.foundation.org.locking import ends_with_a_lock
from duyen.foundation.org.models import SecondFactor
from duyen.foundation.sensitive import digest
from duyen.kernel.clock import now
from duyen.modules.activities.models import CalendarFeed

_SECRET_BYTES = 32
#: The moment of the last reading is written at most so often, so that a read stays a read.
_READ_NOTED_EVERY = dt.timedelta(minutes=30)

name_verbs(
    {
        "calendar_feeds.open": _("Calendar address made"),
        "calendar_feeds.revoke": _("Calendar address revoked"),
        "calendar_feeds.read": _("Calendar address read"),
    }
)


@dataclass(frozen=True)
class Reader:
    """Whoever stands behind an address, with the rights of now."""

    actor: Actor
    with_tasks: bool


def open_feed(*, actor: Actor, with_tasks: bool = True) -> str:
    """Make the actor's calendar address anew and give its secret, this once; the one before is over.

    Raises NotAllowed.
    """
    if actor.user_id is None or actor.cut is not None or not actor.may("activities", READ):
        raise NotAllowed(why=_("a calendar address is for people who may read activities."))
    secret = secrets.token_urlsafe(_SECRET_BYTES)
    with transaction.atomic():
        trail.begin(actor, "calendar_feeds.open")
        CalendarFeed.objects.filter(user_id=actor.user_id, revoked_at=None).update(revoked_at=now())
        CalendarFeed.objects.create(
            user_id=actor.user_id, digest=digest(secret), with_tasks=with_tasks, created_at=now()
        )
    return secret


def revoke_feed(*, actor: Actor) -> bool:
    """Make the actor's calendar address worthless; tells whether there was one."""
    with transaction.atomic():
        trail.begin(actor, "calendar_feeds.revoke")
        return bool(
            CalendarFeed.objects.filter(user_id=actor.user_id or 0, revoked_at=None).update(revoked_at=now())
        )


def feed_of(actor: Actor) -> CalendarFeed | None:
    """Give the actor's open calendar address, without its secret."""
    found = CalendarFeed.objects.filter(user_id=actor.user_id or 0, revoked_at=None)
    return found.order_by("pk").first()


def reader_behind(secret: str) -> Reader | None:
    """Give whoever stands behind an address, with the rights of now; nothing for a worthless address.

    Somebody who is locked, or who owes a second factor, stands behind none.
    """
    feed = (
        CalendarFeed.objects.filter(digest=digest(secret), revoked_at=None, user__is_active=True)
        .annotate(
            access_epoch=Subquery(AccessEpoch.objects.filter(pk=1).values("value")),
            has_second_factor=Exists(SecondFactor.objects.filter(user_id=OuterRef("user_id"))),
        )
        .select_related("user")
        .order_by("pk")
        .first()
    )
    if feed is None:
        return None
    user = feed.user
    user.has_second_factor = feed.has_second_factor  # type: ignore[attr-defined] # as the session's user
    actor = actor_for(user, Door.API, epoch=feed.access_epoch)
    if owes_second_factor(user, actor):
        return None
    moment = now()
    if feed.last_read_at is None or moment - feed.last_read_at >= _READ_NOTED_EVERY:
        with transaction.atomic():
            trail.begin(actor, "calendar_feeds.read")
            CalendarFeed.objects.filter(pk=feed.pk).update(last_read_at=moment)
    return Reader(actor, feed.with_tasks)


@ends_with_a_lock
def _end_feeds(user_id: int, _actor: Actor) -> None:
    """Revoke the address of a person who is locked out, so that unlocking does not bring it back."""
    CalendarFeed.objects.filter(user_id=user_id, revoked_at=None).update(revoked_at=now())
