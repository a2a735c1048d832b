"""duyen followers [--again NAME]"""

from __future__ import annotations

import argparse

from duyen.foundation.audit.following import again
from duyen.foundation.audit.following.declaring import declared
from duyen.foundation.audit.following.reading import newest_id
from duyen.foundation.audit.models import Follower, SetAside
from duyen.surfaces.cli import console
from duyen.surfaces.cli.errors import NoFollower
from duyen.surfaces.cli.registry import Context


def run(_context: Context, arguments: argparse.Namespace) -> int:
    """List the followers of the trail; with --again, give one what was set aside. Raises NoFollower."""
    names = [each.name for each in declared()]
    if arguments.again:
        if arguments.again not in names:
            raise NoFollower(name=arguments.again, known=", ".join(names) or "none")
        done = again(arguments.again)
        left = SetAside.objects.filter(follower=arguments.again).count()
        console.say(f"{arguments.again}: {done} entries worked through, {left} still set aside")
        return 0
    newest = newest_id()
    stand = {each.name: each for each in Follower.objects.filter(name__in=names)}
    for name in names:
        console.say(f"{name:<24} {_stand(stand.get(name), newest)}")
    return 0


def _stand(follower: Follower | None, newest: int) -> str:
    if follower is None:
        return "has read nothing yet; is a worker running?"
    late = newest - follower.position
    return f"at entry {follower.position}, {late} behind{': ' + follower.problem if follower.problem else ''}"
