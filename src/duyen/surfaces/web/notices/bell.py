"""The bell of every page: how many notices are unread, and where the page asks what is new."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from duyen.foundation.access.actor import Actor
from duyen.foundation.notices.reading import MOST_COUNTED
from duyen.surfaces.web.notices.addresses import LIVE, NOTICES
from duyen.surfaces.web.notices.live import live_origin


def bell(request: HttpRequest, actor: Actor) -> dict[str, Any]:
    """Give what the bell shows; it is silent while somebody looks through another's eyes."""
    if actor.is_looking or actor.user_id is None:
        return {"bell": None, "live_url": ""}
    # SecurityHeaders lets the page connect there, and nowhere else.
    request.live_origin = live_origin(request)  # type: ignore[attr-defined]
    count = int(getattr(request.user, "unread_notices", 0) or 0)
    text = "" if not count else str(count) if count <= MOST_COUNTED else f"{MOST_COUNTED}+"
    return {"bell": {"count": count, "text": text, "url": NOTICES}, "live_url": LIVE}
