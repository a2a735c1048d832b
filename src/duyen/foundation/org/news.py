"""Of which version a person knows what it brought: kept with her, so that it is told once on all devices."""

from __future__ import annotations

from django.db import transaction

from duyen import __version__
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import User
from duyen.kernel.clock import now


def read_news(*, actor: Actor) -> User:
    """Note that the actor knows what the version that runs now brought."""
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)
        if user.news_seen == __version__:
            return user
        trail.begin(actor, "users.read_news")
        user.news_seen = __version__
        user.version += 1
        user.updated_at, user.updated_by_id = now(), actor.user_id
        user.save(update_fields=["news_seen", "version", "updated_at", "updated_by"])
    return user
