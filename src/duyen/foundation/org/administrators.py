"""Somebody must always be able to let people in: the last administrator stays."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.models import RoleRight
from duyen.foundation.access.words import CHANGE
from duyen.foundation.org.models import Position
from duyen.kernel.clock import today
from duyen.kernel.errors import DomainError

#: The number under which such steps wait for each other; two administrators could lock one another.
_TURN = 0x6475_7965_6E01


class LastAdministrator(DomainError):
    """After this step nobody could administer Duyên any more."""

    code = "last_administrator"
    sentence = _("Nobody could administer Duyên after this step. Make somebody else an administrator first.")


def administrators() -> set[int]:
    """Give the ids of those who may change users: not locked, in a position that holds today without end."""
    roles = RoleRight.objects.filter(entity="users", verb=CHANGE).values("role_id")
    held = Position.objects.filter(role_id__in=roles, since__lte=today(), until=None, user__is_active=True)
    return set(held.values_list("user_id", flat=True))


@contextmanager
def administrators_kept() -> Iterator[None]:
    """Carry out a step that may take rights away; undone when it took them from the last administrator.

    Must run inside a transaction. Raises LastAdministrator.
    """
    take_turn()
    before = administrators()
    yield
    if before and not administrators():
        raise LastAdministrator


def take_turn() -> None:
    """Let changes of the organisation wait for each other until the end of the transaction.

    Two moves of units that are right each by itself could make a ring together.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_TURN])
