"""Where the pages of reports stand."""

from __future__ import annotations

REPORTS = "/reports"


def report_url(key: str, part: str = "") -> str:
    """Give the address of a report, or of a part of it: `print`, `export`."""
    return f"{REPORTS}/{key}" + (f"/{part}" if part else "")
