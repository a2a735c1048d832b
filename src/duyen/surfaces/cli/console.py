"""The one way in which commands speak to the person at the terminal."""

from __future__ import annotations

import sys


def say(line: str = "") -> None:
    """Write one line of what the command has to tell."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell_progress(line: str) -> None:
    """Write one line about what is going on; it stays out of a result that another program reads."""
    sys.stderr.write(f"{line}\n")
    sys.stderr.flush()


def warn(line: str) -> None:
    """Write one line that the person should act on."""
    tell_progress(f"Warning: {line}")


def refuse(line: str) -> None:
    """Write the one line that says why the command ends here."""
    tell_progress(f"duyen: {line}")
