"""What `duyen check` says about the followers of the trail."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Count

from duyen.foundation.audit.following.declaring import declared
from duyen.foundation.audit.following.reading import newest_id
from duyen.foundation.audit.following.running import behind
from duyen.foundation.audit.models import Follower, SetAside
from duyen.foundation.database.health import Finding, Level
from duyen.kernel.clock import now

#: A follower that is behind and did not move for so long stands still: no worker runs, or it fails.
STILL = dt.timedelta(minutes=10)


def check_followers() -> Iterator[Finding]:
    """Tell which followers stand still, and what they had to leave aside."""
    newest = newest_id()
    late = [each for each in behind(newest) if each.moved_at is None or each.moved_at < now() - STILL]
    asides = SetAside.objects.values("follower").annotate(count=Count("id")).order_by("follower")
    for each in late:
        yield Finding(Level.WARNING, f"Followers: {each.name} {_lateness(each, newest)}")
    for aside in asides:
        yield Finding(Level.WARNING, f"Followers: {aside['follower']} {_left_aside(aside)}")
    if not late and not asides:
        yield Finding(Level.GOOD, f"Followers: {len(declared())} read the trail, none is late")


def _lateness(follower: Follower, newest: int) -> str:
    why = f": {follower.problem}" if follower.problem else "; is a worker running?"
    return f"stands {newest - follower.position} entries behind the trail{why}"


def _left_aside(aside: Mapping[str, Any]) -> str:
    last = SetAside.objects.filter(follower=aside["follower"]).order_by("-entry_id")[:1].get()
    return (
        f"could not work through {aside['count']} entries of the trail; of {last.entry_id} it says "
        f"{last.problem}. Give them to it once more: duyen followers --again {aside['follower']}"
    )
