"""duyen backup FILE"""

from __future__ import annotations

import argparse
from pathlib import Path

from duyen.foundation.database.backup import make_backup
from duyen.surfaces.cli import console
from duyen.surfaces.cli.registry import Context

MB = 1024 * 1024


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Write database, files and keys of the installation into one private file."""
    made = make_backup(context.folder, Path(arguments.file))
    console.say(
        f"Backup written: {made} ({made.stat().st_size / MB:.1f} MB). It holds keys: keep it private."
    )
    return 0
