"""Which system account runs PostgreSQL, which refuses to run as root, and what that account can reach."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

from duyen.foundation.database.errors import Refused

#: The distribution's own database account first; `nobody` is on every system and works too.
CANDIDATES = ("postgres", "_postgres", "nobody")


class SpawnOptions(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


class NoServerAccount(Refused):
    """Root starts Duyên, and the system knows no other account to run PostgreSQL."""

    code = "no_server_account"
    sentence = (
        "PostgreSQL does not run as root, and this system knows none of the accounts %(names)s. "
        "Start Duyên as a normal user."
    )


class BelongsToAnother(Refused):
    """Root starts Duyên on data that a person's own start made."""

    code = "belongs_to_another"
    sentence = "The data in %(folder)s belongs to the user %(owner)s. Start Duyên as that user, not as root."


@dataclass(frozen=True)
class Account:
    """A system account by its numbers; `is_self` when it is the one that runs this process."""

    uid: int
    gid: int
    is_self: bool

    def spawn(self) -> SpawnOptions:
        """Return what `subprocess` needs to run a program as this account."""
        if self.is_self:
            return {}
        return {"user": self.uid, "group": self.gid, "extra_groups": []}

    def own(self, path: Path) -> None:
        """Hand a file or folder over to this account."""
        if not self.is_self:
            os.chown(path, self.uid, self.gid)

    def own_all(self, folder: Path) -> None:
        """Hand a folder that root copied over to this account, with everything in it."""
        if not self.is_self and folder.exists() and folder.stat().st_uid != self.uid:
            for path in (folder, *folder.rglob("*")):
                os.chown(path, self.uid, self.gid, follow_symlinks=False)

    def reaches(self, path: Path) -> bool:
        """Tell whether this account may walk into a folder that exists."""
        if self.is_self:
            return True
        walk = ["/bin/sh", "-c", 'cd "$1"', "sh", str(path)]
        return subprocess.run(walk, cwd="/", capture_output=True, check=False, **self.spawn()).returncode == 0  # noqa: S603


def server_account(cluster: Path) -> Account:
    """Choose the account for PostgreSQL: this process's own; under root, the cluster's owner or a known one.

    Raises NoServerAccount, or BelongsToAnother when a person's own cluster is started by root.
    """
    if os.geteuid() != 0:
        return Account(os.geteuid(), os.getegid(), is_self=True)
    known = {entry.pw_uid: entry for name in CANDIDATES if (entry := _entry(name)) is not None}
    if not known:
        raise NoServerAccount(names=", ".join(CANDIDATES))
    owner = cluster.stat().st_uid if cluster.exists() else 0
    if owner == 0:  # none yet, or one that root copied
        owner = next(iter(known))
    if owner not in known:
        raise BelongsToAnother(folder=cluster.parent, owner=_name_of(owner))
    return Account(owner, known[owner].pw_gid, is_self=False)


def _entry(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _name_of(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)
