"""Declares no records: a calendar account is its owner's alone, behind her own page."""

from __future__ import annotations

from duyen.modules.caldav import health, notices

#: What others know of this module: a line of the system's health, and a notice.
KNOWN = (health, notices)
