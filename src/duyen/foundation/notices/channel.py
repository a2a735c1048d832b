"""The channel of the database on which the live process hears what is new."""

from __future__ import annotations

CHANNEL = "duyen_live"
