"""duyen restore FILE [--yes]"""

from __future__ import annotations

import argparse
import os
import tempfile
from contextlib import ExitStack
from pathlib import Path

from duyen.foundation.database.backup import backup_before
from duyen.foundation.database.connection import external_url
from duyen.foundation.database.embedded import EmbeddedServer
from duyen.foundation.database.locks import only_copy
from duyen.foundation.database.placement import place_data_folder
from duyen.foundation.database.restore import WouldOverwrite, has_data, restore_backup, unpack
from duyen.foundation.database.roles import prepare_database
from duyen.surfaces.cli import console
from duyen.surfaces.cli.main import set_up_django
from duyen.surfaces.cli.registry import Context


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Replace the installation's data by a backup's; a folder without any is made first."""
    source = Path(arguments.file).expanduser().absolute()
    with tempfile.TemporaryDirectory(prefix="duyen-look-") as work:
        # Before anything is made or started: an unreadable file is told at once.
        manifest = unpack(source, Path(work))
    folder = place_data_folder(context.folder, console.tell_progress)
    folder.prepare()
    with ExitStack() as held:
        held.enter_context(only_copy(folder))
        if not external_url():
            held.enter_context(EmbeddedServer(folder, say=console.tell_progress))
        prepare_database(folder, console.tell_progress)
        if has_data(folder):
            if not arguments.yes:
                raise WouldOverwrite(folder=folder.asked)
            backup_before(folder, "restore", console.tell_progress)
        os.environ["DUYEN_DB_ROLE"] = "owner"
        set_up_django()
        restore_backup(folder, source, console.tell_progress)
    console.say(
        f"Restored: {source.name}, made {manifest.made_at} by Duyên {manifest.product_version}. "
        "The next start migrates it if it is older."
    )
    return 0
