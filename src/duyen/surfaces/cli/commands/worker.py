"""duyen worker"""

from __future__ import annotations

import argparse
import os

from django.core.management import call_command

from duyen.entities.custom.health import warn_at_start
from duyen.foundation.audit.following.watching import watched
from duyen.surfaces.api.hooks.dispatching import dispatched
from duyen.surfaces.cli.registry import Context

#: Whoever opens a page meanwhile goes first.
_NICE = 5


def run(_context: Context, _arguments: argparse.Namespace) -> int:
    """Work on background jobs, and let followers read the trail and webhooks be told, until told to stop."""
    os.nice(_NICE)
    warn_at_start()
    with watched(), dispatched():
        call_command("procrastinate", "worker", "--concurrency=2", "--shutdown-graceful-timeout=20")
    return 0
