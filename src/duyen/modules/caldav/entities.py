"""Declares no records: a calendar account is its owner's alone, behind her own page."""

from __future__ import annotations

from duyen.modules.caldav import health, notices, personal

#: What others know of this module: a line of the system's health, a notice, what it holds of persons.
KNOWN = (health, notices, personal)
