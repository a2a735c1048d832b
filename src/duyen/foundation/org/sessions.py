"""Sessions in the database, each with the person whose it is; Django loads `SessionStore` from here."""

from __future__ import annotations

from typing import Any, cast

from django.contrib.auth import SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore as DatabaseSessions

from duyen.foundation.org.models import UserSession
from duyen.kernel.clock import now


class SessionStore(DatabaseSessions):
    """Keeps sessions in our own table."""

    @classmethod
    def get_model_class(cls) -> type[UserSession]:
        """Name the table."""
        return UserSession

    def create_model_instance(self, data: dict[str, Any]) -> UserSession:
        """Write down whose session it is."""
        row = cast("UserSession", super().create_model_instance(data))
        row.user_id = int(data[SESSION_KEY]) if SESSION_KEY in data else None
        return row


def end_sessions(user_id: int, *, but: str | None = None) -> int:
    """Sign a person out everywhere, except in the session with the key `but`; returns how many ended."""
    found = UserSession.objects.filter(user_id=user_id)
    ended, _by_table = (found.exclude(session_key=but) if but else found).delete()
    return ended


def forget_old_sessions() -> int:
    """Delete the sessions whose time is over; returns how many."""
    ended, _by_table = UserSession.objects.filter(expire_date__lt=now()).delete()
    return ended
