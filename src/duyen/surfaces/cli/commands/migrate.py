"""duyen migrate"""

from __future__ import annotations

import argparse

from duyen.foundation.database.upgrade import migrate_safely
from duyen.surfaces.cli import console
from duyen.surfaces.cli.registry import Context


def run(context: Context, _arguments: argparse.Namespace) -> int:
    """Run the migrations that are pending, after a backup."""
    count = migrate_safely(context.folder, console.tell_progress)
    context.registry.run_after_migrate()
    console.say(f"{count} migrations run." if count else "Nothing to migrate.")
    return 0
