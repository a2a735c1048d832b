"""See the pages as somebody else does: for a reason, for a while, without writing, and never in secret.

A look is kept by the session of the one who looks. What it opened stands in the trail of the person
whose eyes were borrowed, with the reason, and she can read it herself.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any

from django.contrib.sessions.backends.base import SessionBase
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.rules import exceeds
from duyen.foundation.access.words import VIEW_AS
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import User
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.kernel.text import clean

#: A look ends by itself after so long.
MINUTES = 30
BEGIN, END = "users.view_as", "users.end_view_as"
SHORTEST_REASON, LONGEST_REASON = 5, 300
#: Under this name a session keeps it.
KEPT = "look"
_MOST_TOLD = 10


class MayNotLook(DomainError):
    """This person's eyes cannot be borrowed; the sentence says why."""

    code = "may_not_look"
    sentence = _("You cannot view as this person: %(why)s")


class NoReason(DomainError):
    """The reason is missing, or too short to say anything, or too long."""

    code = "no_reason"
    sentence = _("Give the reason in %(least)s to %(most)s characters. The person reads it on her page.")


@dataclass(frozen=True)
class Look:
    """One open look: who is seen through, until when, and the step of the trail that began it."""

    viewed_id: int
    until: dt.datetime
    operation: int

    def kept(self) -> dict[str, Any]:
        """Give what a session keeps of it."""
        return {"viewed": self.viewed_id, "until": self.until.isoformat(), "operation": str(self.operation)}

    @classmethod
    def read(cls, kept: Mapping[str, Any]) -> Look:
        """Read what a session kept."""
        until = dt.datetime.fromisoformat(kept["until"])
        return cls(int(kept["viewed"]), until, int(kept["operation"]))

    @property
    def is_over(self) -> bool:
        return now() >= self.until


@dataclass(frozen=True)
class LookTold:
    """A look as its page tells it: who, why, from when to when; `is_open` as long as it may go on."""

    who: str
    reason: str
    since: dt.datetime
    until: dt.datetime
    is_open: bool


def look_of(session: SessionBase) -> Look | None:
    """Give the look that a session keeps, if it keeps one."""
    kept = session.get(KEPT)
    return Look.read(kept) if kept else None


def begin_look(viewed_id: int, *, actor: Actor, reason: str) -> Look:
    """Begin to see as another person, in her trail. Raises MayNotLook or NoReason."""
    said = clean(reason)
    _eyes(viewed_id, actor)
    if not SHORTEST_REASON <= len(said) <= LONGEST_REASON:
        raise NoReason(least=SHORTEST_REASON, most=LONGEST_REASON)
    until = now() + dt.timedelta(minutes=MINUTES)
    told = {"until": until.isoformat()}
    step = trail.note_opened(actor, BEGIN, entity="users", record_id=viewed_id, note=said, told=told)
    return Look(viewed_id, until, step.id)


def end_look(look: Look, *, actor: Actor) -> None:
    """End a look before its time; one that is over has its end in the trail already."""
    if not look.is_over:
        told = {"began": str(look.operation)}
        trail.note_opened(actor, END, entity="users", record_id=look.viewed_id, told=told)


def eyes_of(look: Look, *, actor: Actor) -> tuple[User, Actor]:
    """Give the person, and the actor who reads what she would. Raises MayNotLook, also when time is up."""
    if look.is_over:
        raise MayNotLook(why=_("the %(minutes)s minutes are over.") % {"minutes": MINUTES})
    return _eyes(look.viewed_id, actor)


def _eyes(viewed_id: int, actor: Actor) -> tuple[User, Actor]:
    if actor.is_looking:
        raise MayNotLook(why=_("you are viewing as somebody already. End that first."))
    if not actor.may("users", VIEW_AS) or actor.facts is None:
        raise MayNotLook(why=_("the right to do so is not yours."))
    user = User.objects.filter(pk=viewed_id, is_active=True).order_by("pk").first()
    if user is None:
        raise MayNotLook(why=_("there is no such person, or the account is locked."))
    if user.pk == actor.user_id:
        raise MayNotLook(why=_("it is yourself."))
    theirs = actor_for(user, actor.door)
    if theirs.facts is not None and exceeds(theirs.facts.grants, actor.facts.grants):
        raise MayNotLook(why=_("this person may administer more than you."))
    return user, replace(theirs, seen_by=actor.user_id)


@contextmanager
def nothing_written() -> Iterator[None]:
    """Let the database itself refuse every write until the end; what was begun is rolled back."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION READ ONLY")
        yield
        transaction.set_rollback(True)


def looks_at(user_id: int) -> list[LookTold]:
    """List who saw the pages as this person did, the latest first."""
    rows = History.objects.filter(root_entity="users", root_id=user_id, verb__in=(BEGIN, END))
    ends: dict[int, dt.datetime] = {}
    found: list[LookTold] = []
    for row in rows.order_by("-operation")[: 2 * _MOST_TOLD]:
        told: Mapping[str, Any] = row.changes or {}
        if row.verb == END:
            ends[int(told["began"])] = row.at
            continue
        limit = dt.datetime.fromisoformat(told["until"])
        until = ends.get(row.operation, limit)
        found.append(LookTold(row.actor_name, row.note, row.at, until, until == limit and limit > now()))
    return found[:_MOST_TOLD]
