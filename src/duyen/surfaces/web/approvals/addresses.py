"""Where the pages of approvals stand."""

from __future__ import annotations

APPROVALS = "/approvals"
LIMITS = "/settings/approvals"


def request_url(request_id: int, verb: str = "") -> str:
    """Give the address of a request, or of what can be done with it."""
    return f"{APPROVALS}/{request_id}" + (f"/{verb}" if verb else "")
