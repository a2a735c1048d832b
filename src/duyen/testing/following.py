"""Let the followers of the trail read what a test wrote; by themselves they read nothing in tests."""

from __future__ import annotations

from duyen.foundation.audit.following.reading import newest_id
from duyen.foundation.audit.following.running import run_once


def begin_here() -> None:
    """Let every follower begin behind what is written already. Call it before the act of a test."""
    run_once(newest_id())


def catch_up() -> None:
    """Let every follower work through what was written, also what the test's own transaction wrote."""
    while run_once(newest_id()):
        pass
