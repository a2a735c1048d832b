"""The trail of the door: who signed in, who tried to, from where; and the limits on trying."""

from __future__ import annotations

import datetime as dt
import ipaddress
from dataclasses import dataclass

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from duyen.foundation.org.models import DoorstepEvent, User
from duyen.foundation.org.rules import SHUT_MINUTES, DoorState, Limits, Try, door_state
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError

#: Events are kept for so long.
KEPT_DAYS = 180
_MOST_LOOKED_AT = 500
#: Which events count for a try, where it is more than its kind. A link clears wrong passwords, never codes.
_COUNTED = {Doorstep.SIGN_IN: [Doorstep.SIGN_IN, Doorstep.USE_LINK, Doorstep.CODE]}


class TooManyTries(DomainError):
    """The door is shut for a while."""

    code = "too_many_tries"
    sentence = _(
        "Too many wrong tries. Wait %(minutes)s minutes, or ask an administrator for a password link."
    )


@dataclass(frozen=True)
class Caller:
    """Where a request comes from: its network address and its browser's own words."""

    address: str = ""
    browser: str = ""


@dataclass(frozen=True)
class Knock:
    """One allowed try, written down before the answer is known."""

    id: int
    tries_left: int


def knock(
    what: Doorstep, *, email: str, caller: Caller, limits: Limits | None = None, user: User | None = None
) -> Knock:
    """Write a try down and tell how many wrong ones are left, this one counted.

    Written first and judged afterwards, so that tries sent at the same time count each other.
    Raises TooManyTries; the refused try is on record, and does not lengthen the wait.
    """
    moment = now()
    own = DoorstepEvent.objects.create(
        at=moment,
        what=what,
        outcome=Outcome.TRIED,
        email=email[:254],
        user=user,
        address=network(caller.address),
        browser=caller.browser[:200],
    )
    before = _judge(own, limits)
    if before.shut_until is not None:
        settle(own.pk, Outcome.REFUSED)
        wait = (before.shut_until - moment).total_seconds()
        raise TooManyTries(minutes=max(1, -int(-wait // 60)))
    return Knock(own.pk, before.tries_left - 1)


def settle(knock_id: int, outcome: Outcome, *, user: User | None = None) -> None:
    """Write down what came of a try."""
    found = {"user": user} if user else {}
    DoorstepEvent.objects.filter(pk=knock_id).update(outcome=outcome, **found)


def note(what: Doorstep, *, user: User, caller: Caller, by: int | None = None) -> None:
    """Write down what needs no judging, such as signing out; `by` is who did it to somebody else."""
    DoorstepEvent.objects.create(
        at=now(),
        what=what,
        outcome=Outcome.GOOD,
        email=user.email,
        user=user,
        by_id=by,
        address=network(caller.address),
        browser=caller.browser[:200],
    )


def forget_old_events() -> int:
    """Delete what is older than it is kept for; returns how many."""
    gone, _by_table = DoorstepEvent.objects.filter(at__lt=now() - dt.timedelta(days=KEPT_DAYS)).delete()
    return gone


def _judge(own: DoorstepEvent, limits: Limits | None) -> DoorState:
    """Judge the tries before this one; a password set by link opens the door to sign in again."""
    counted = _COUNTED.get(Doorstep(own.what), [own.what])
    rows = (
        DoorstepEvent.objects.filter(
            Q(email=own.email) | Q(address=own.address),
            what__in=counted,
            at__gt=own.at - dt.timedelta(minutes=2 * SHUT_MINUTES),
        )
        .exclude(pk=own.pk)
        .order_by("-at", "-pk")
        .values_list("at", "email", "address", "outcome")[:_MOST_LOOKED_AT]
    )
    tries = [Try(at, email, address, Outcome(outcome)) for at, email, address, outcome in reversed(rows)]
    return door_state(tries, email=own.email, address=own.address, at=own.at, limits=limits)


def network(address: str) -> str:
    """Name who is counted together: one IPv4 address, or the 64-bit network that one IPv6 home has."""
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return ""
    if isinstance(known, ipaddress.IPv6Address) and not known.ipv4_mapped:
        return str(ipaddress.ip_network((known, 64), strict=False).network_address)
    return str(getattr(known, "ipv4_mapped", None) or known)
