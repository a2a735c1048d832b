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


def describe(pid: int) -> str:
    """Return when the process began and its command line, or nothing when it is gone."""
    asked = ["ps", "-ww", "-p", str(pid), "-o", "lstart=,command="]
    told = subprocess.run(asked, capture_output=True, text=True, check=False, env=_plain_environment())  # noqa: S603
    return told.stdout.strip()


def is_server_of(pid: int, cluster: Path) -> bool:
    """Tell whether the process is the PostgreSQL server of this cluster."""
    if not is_alive(pid):
        return False
    return f"postgres -D {cluster} " in f"{describe(pid)} "


def _plain_environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8", "TZ": "UTC"}
