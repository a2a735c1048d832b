"""The most memory that a process has used."""

from __future__ import annotations

import platform
import resource


def peak_mb(of: int = resource.RUSAGE_SELF) -> float:
    """Give it in MB; Linux counts in kB, macOS in bytes."""
    most = resource.getrusage(of).ru_maxrss
    return most / 1024 / 1024 if platform.system() == "Darwin" else most / 1024
