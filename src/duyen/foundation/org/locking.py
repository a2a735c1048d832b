"""Shut every door for one person at once, and open them again."""

from __future__ import annotations

from collections.abc import Callable

from duyen.foundation.access.actor import Actor
from duyen.foundation.org.models import PasswordLink
from duyen.foundation.org.sessions import end_sessions
from duyen.kernel.clock import now

#: Ends one kind of way in for the user with this id; runs inside the step that locks.
Ending = Callable[[int, Actor], None]

_endings: list[Ending] = []


def ends_with_a_lock(ending: Ending) -> Ending:
    """Register what a higher band hands out, such as tokens, to be ended when a person is locked."""
    _endings.append(ending)
    return ending


def shut_doors(user_id: int, *, actor: Actor) -> None:
    """End sessions, password links, and whatever higher bands registered; the trail must be open."""
    PasswordLink.objects.filter(user_id=user_id, used_at=None, until__gt=now()).update(until=now())
    end_sessions(user_id)
    for ending in _endings:
        ending(user_id, actor)
