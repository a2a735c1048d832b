"""Synchronise one account: what changed there comes here, what changed here goes there.

Each entry is a transaction of its own together with its `Item`, and an entry made here is put under a name
that follows from the activity: a run that breaks off is repeated without doubling anything. How far a
calendar was read is kept when all of it was taken.
"""

from __future__ import annotations

import datetime as dt
import logging
from collections.abc import Iterator
from dataclasses import dataclass

from django.db import transaction
from django.db.models import F, Q
from django.utils import translation
from django.utils.translation import gettext as _

from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.fields.versions import pin
from duyen.foundation.notices.telling import notify
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.modules.caldav.accounts import server_of
from duyen.modules.caldav.models import Account, Standing
from duyen.modules.caldav.pulling import Pulling
from duyen.modules.caldav.pushing import Pushing
from duyen.modules.caldav.server import Server, WrongPassword
from duyen.modules.caldav.words import Place

log = logging.getLogger("duyen.caldav")
EVERY = dt.timedelta(minutes=10)
#: A process that died gives the account free after this.
HELD = dt.timedelta(minutes=30)
_FIRST_WAIT, _LONGEST_WAIT = dt.timedelta(minutes=5), dt.timedelta(hours=6)
#: A failure that passes by itself within this is told to nobody.
TOLD_AFTER = dt.timedelta(hours=1)


@dataclass
class Outcome:
    """How one run went."""

    is_good: bool
    why: str = ""


def due_accounts() -> list[int]:
    """List the accounts whose time has come, and whose owner may still sign in."""
    moment = now()
    rows = Standing.objects.filter(
        Q(next_at=None) | Q(next_at__lte=moment),
        Q(held_until=None) | Q(held_until__lte=moment),
        account__user__is_active=True,
    ).exclude(account__events_url="", account__tasks_url="")
    return list(rows.order_by("next_at", "pk").values_list("pk", flat=True)[:500])


def sync(account_id: int) -> Outcome | None:
    """Synchronise one account; nothing where another process has it, or its owner is gone."""
    moment = now()
    free = Standing.objects.filter(Q(held_until=None) | Q(held_until__lte=moment), pk=account_id)
    if not free.update(held_until=moment + HELD, tried_at=moment):
        return None
    account = (
        Account.objects.select_related("standing", "user")
        .filter(pk=account_id, user__is_active=True)
        .order_by("pk")
        .first()
    )
    if account is None:
        return None
    with translation.override(account.user.language):
        outcome = _run(account)
        _note(account, outcome)
    return outcome


def _run(account: Account) -> Outcome:
    pin()
    actor = actor_for(account.user, Door.JOB)
    try:
        server = server_of(account)
        for place in places_of(account):
            _pull(server, account, Pulling(account, actor, place, server), place)
        for place in places_of(account):
            Pushing(account, actor, place, server).all()
    except WrongPassword as problem:
        return Outcome(False, str(problem))
    except DomainError as problem:
        return Outcome(False, str(problem))
    except Exception:  # the outermost edge: one account must not stop the others
        log.exception("account %s could not be synchronised", account.pk)
        return Outcome(False, _("Something broke in Duyên. Tell your administrator."))
    return Outcome(True)


def places_of(account: Account) -> Iterator[Place]:
    """Give what is synchronised: the calendar, the list of tasks, or one place that holds both."""
    events, tasks = account.events_url, account.tasks_url
    if events and events == tasks:
        yield Place(events, events=True, tasks=True)
        return
    if events:
        yield Place(events, events=True, tasks=False)
    if tasks:
        yield Place(tasks, events=False, tasks=True)


def _pull(server: Server, account: Account, pulling: Pulling, place: Place) -> None:
    token = account.standing.tokens.get(place.url, "")
    changes = server.changes(place.url, token)
    if pulling.take(changes):
        account.standing.tokens[place.url] = changes.token
        Standing.objects.filter(pk=account.pk).update(tokens=account.standing.tokens)


def _note(account: Account, outcome: Outcome) -> None:
    """Keep how it went, when it is tried again, and tell the owner once of what does not pass by itself."""
    moment = now()
    standing = Standing.objects.filter(pk=account.pk)
    if outcome.is_good:
        standing.update(
            good_at=moment,
            next_at=moment + EVERY,
            held_until=None,
            failures=0,
            failing_since=None,
            why="",
            told_at=None,
        )
        return
    kept = standing.get()
    wait = min(_FIRST_WAIT * 2 ** min(kept.failures, 10), _LONGEST_WAIT)
    since = kept.failing_since or moment
    with transaction.atomic():
        is_told = kept.told_at is None and moment - since >= TOLD_AFTER
        standing.update(
            next_at=moment + wait,
            held_until=None,
            failures=F("failures") + 1,
            failing_since=since,
            why=outcome.why[:400],
            told_at=moment if is_told else kept.told_at,
        )
        if is_told:
            notify([account.user_id], "calendar_fails", fold="calendar_fails", why=outcome.why[:300])
