"""Where the pages of notices stand."""

from __future__ import annotations

from duyen.entities.entity import Entity

NOTICES = "/notices"
READ, UNREAD = "/notices/read", "/notices/unread"
WATCHING = "/watching"
#: What a page asks while it is open: what is new, and how to be told at once.
LIVE = "/_live"
PREFERENCES = "/profile/notices"
MAILS = "/settings/mails"


def notice_url(notice_id: int) -> str:
    """Give the address that marks a notice read and leads to what it is about."""
    return f"{NOTICES}/{notice_id}"


def watch_url(entity: Entity, record_id: int, *, ends: bool = False) -> str:
    """Give the address that begins to watch a record, or ends it."""
    return f"/{entity.name}/{record_id}/{'unwatch' if ends else 'watch'}"


def changes_url(entity: Entity, record_id: int) -> str:
    """Give the address that tells what others changed on a record since a version."""
    return f"/{entity.name}/{record_id}/changes"
