"""Where a data folder's files go when PostgreSQL's account cannot reach the folder that was asked for."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

from duyen.foundation.database.account import Account, server_account
from duyen.foundation.database.errors import DataFolderUnusable
from duyen.foundation.database.paths import PRIVATE_FOLDER, DataFolder, write_private

ELSEWHERE = Path("/var/lib/duyen")


def place_data_folder(folder: DataFolder, say: Callable[[str], None]) -> DataFolder:
    """Return the folder to use: the one asked for, or one that PostgreSQL's account reaches.

    Started by root, PostgreSQL runs as another account. When that account cannot walk to the path (as under
    `/root`), everything goes to `/var/lib/duyen/<hash of the path>`, and the path keeps a pointer to it.
    """
    if folder.root != folder.asked:
        say(f"The data of {folder.asked} is in {folder.root}.")
        return folder
    account = server_account(folder.cluster)
    if account.is_self or _is_reachable(folder.root, account):
        return folder
    name = hashlib.sha256(str(folder.asked).encode()).hexdigest()[:16]
    target = ELSEWHERE / name
    try:
        ELSEWHERE.mkdir(mode=0o755, parents=True, exist_ok=True)
        folder.asked.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
        write_private(folder.pointer, f"{target}\n")
    except OSError as error:
        raise DataFolderUnusable(folder=folder.asked, reason=error.strerror or error) from error
    say("PostgreSQL does not run as root, and the account it runs as instead cannot reach")
    say(f"{folder.asked}: the data and the server go to {target}.")
    return DataFolder(root=target, asked=folder.asked)


def _is_reachable(path: Path, account: Account) -> bool:
    """Ask for the nearest folder that exists; those below it are made with the right mode."""
    nearest = next(place for place in (path.parent, *path.parent.parents) if place.is_dir())
    return account.reaches(nearest)
