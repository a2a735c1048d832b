"""Which single keys a person turned off (WCAG 2.1.4): kept with her, so that they hold on every device."""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import User
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

#: What stands for every single key, those of later versions included.
ALL = "all"
MOST_KEYS = 40


class UnknownKey(DomainError):
    """A key that is no single sign."""

    code = "unknown_key"
    sentence = _("“%(given)s” is not a single key. Reload the page and choose again.")


def change_keys(off: Iterable[str], *, actor: Actor) -> User:
    """Turn single keys off for oneself: signs such as `j` and `/`, or ALL. Raises UnknownKey."""
    keys = sorted(set(off))
    for key in keys:
        if key != ALL and (len(key) != 1 or key.isspace() or not key.isprintable()):
            raise UnknownKey(given=key[:20])
    kept = ALL if ALL in keys else " ".join(keys[:MOST_KEYS])
    with transaction.atomic():
        user = User.objects.select_for_update(no_key=True).get(pk=actor.user_id or 0)
        if user.keys_off == kept:
            return user
        trail.begin(actor, "users.change_keys")
        user.keys_off = kept
        user.version += 1
        user.updated_at, user.updated_by_id = now(), actor.user_id
        user.save(update_fields=["keys_off", "version", "updated_at", "updated_by"])
    return user
