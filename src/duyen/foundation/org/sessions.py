"""Sessions in the database, each with the person whose it is; Django loads `SessionStore` from here."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.base import SessionBase
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from duyen.foundation.org import doorstep
from duyen.foundation.org.browsers import Browser, browser_of
from duyen.foundation.org.doorstep import Caller
from duyen.foundation.org.handles import session_handle
from duyen.foundation.org.models import User, UserSession
from duyen.foundation.org.words import Doorstep
from duyen.kernel.clock import now

#: The moment a session was last seen is written at most so often.
SEEN_EVERY = dt.timedelta(minutes=10)
_ORIGIN = "origin"


class SessionStore(DatabaseSessions):
    """Keeps sessions in our own table."""

    #: The row that was loaded, so that nothing asks for it twice in a request.
    row: UserSession | None = None

    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        """Name the table."""
        return UserSession

    def create_model_instance(self, data: dict[str, Any]) -> UserSession:
        """Write down whose session it is, and from where she signed in."""
        row = cast("UserSession", super().create_model_instance(data))
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        row.address, row.browser, since = data.get(_ORIGIN, ("", "", None))
        row.since = dt.datetime.fromisoformat(since) if since else None
        row.seen_at = now()
        return row

    def _get_session_from_db(self) -> UserSession | None:
        self.row = cast("UserSession | None", super()._get_session_from_db())  # type: ignore[misc]
        return self.row


@dataclass(frozen=True)
class OpenSession:
    """One browser that is signed in. `handle` names it to pages without being its key."""

    handle: str
    browser: Browser
    address: str
    since: dt.datetime | None
    seen_at: dt.datetime | None
    is_here: bool


def remember_origin(session: SessionBase, caller: Caller) -> None:
    """Keep from where a session began."""
    session[_ORIGIN] = [doorstep.network(caller.address), caller.browser[:200], now().isoformat()]


def note_seen(session: SessionBase) -> None:
    """Write down that a session is in use, at most every ten minutes."""
    row = session.row if isinstance(session, SessionStore) else None
    if row is None or (row.seen_at is not None and now() - row.seen_at < SEEN_EVERY):
        return
    UserSession.objects.filter(pk=row.pk).update(seen_at=now())


def sessions_of(user_id: int, *, here: str | None = None) -> list[OpenSession]:
    """List the browsers in which a person is signed in, this one first, then the last seen."""
    rows = UserSession.objects.filter(user_id=user_id, expire_date__gt=now()).order_by("-seen_at", "pk")
    found = [
        OpenSession(
            session_handle(row.pk),
            browser_of(row.browser),
            row.address,
            row.since,
            row.seen_at,
            row.pk == here,
        )
        for row in rows
    ]
    return sorted(found, key=lambda each: not each.is_here)


def end_session(user: User, handle: str, *, by: int | None, caller: Caller | None = None) -> int:
    """Sign a person out of the one browser called `handle`; returns how many sessions that ended."""
    keys = UserSession.objects.filter(user_id=user.pk).values_list("pk", flat=True)
    return _end(user, [key for key in keys if session_handle(key) == handle], by=by, caller=caller)


def end_all_sessions(
    user: User, *, by: int | None, but: str | None = None, caller: Caller | None = None
) -> int:
    """Sign a person out of all browsers but the one with the key `but`; each stands in the door's trail."""
    keys = UserSession.objects.filter(user_id=user.pk).exclude(pk=but or "").values_list("pk", flat=True)
    return _end(user, list(keys), by=by, caller=caller)


def _end(user: User, keys: list[str], *, by: int | None, caller: Caller | None) -> int:
    ended, _by_table = UserSession.objects.filter(pk__in=keys).delete()
    for _number in range(ended):
        doorstep.note(Doorstep.ENDED, user=user, caller=caller or Caller(), by=by)
    return ended


def end_sessions(user_id: int, *, but: str | None = None) -> int:
    """End a person's sessions as part of a step that says why, such as a new password."""
    found = UserSession.objects.filter(user_id=user_id)
    ended, _by_table = (found.exclude(session_key=but) if but else found).delete()
    return ended


def forget_old_sessions() -> int:
    """Delete the sessions whose time is over; returns how many."""
    ended, _by_table = UserSession.objects.filter(expire_date__lt=now()).delete()
    return ended
