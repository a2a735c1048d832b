"""The name under which a session is known outside its browser: not its key. Needs no tables."""

from __future__ import annotations

from duyen.foundation.sensitive import digest

_LETTERS = 24


def session_handle(key: str) -> str:
    """Name a session so that nobody can go on with it."""
    return digest(f"session {key}").hex()[:_LETTERS]
