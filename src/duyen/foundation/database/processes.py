"""Ask the system about a process, so that a number kept in a file is never taken for a stranger's."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path


def is_alive(pid: int) -> bool:
    """Tell whether a process has this number now."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def is_server_of(pid: int, cluster: Path) -> bool:
    """Tell whether the process is the PostgreSQL server of this cluster."""
    return is_alive(pid) and f"postgres -D {cluster} " in f"{_ask('-p', str(pid), '-o', 'command=')} "


def commands_in_group(group: int) -> list[str]:
    """List the command lines of a process group's living members."""
    rows = (line.split(None, 1) for line in _ask("-eo", "pgid=,command=").splitlines())
    return [row[1] for row in rows if len(row) == 2 and row[0] == str(group) and "<defunct>" not in row[1]]


def _ask(*words: str) -> str:
    asked = ["ps", "-ww", *words]
    told = subprocess.run(asked, capture_output=True, text=True, check=False, env=_plain_environment())  # noqa: S603
    return told.stdout.strip()


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
