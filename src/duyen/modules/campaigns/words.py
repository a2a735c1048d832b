"""Words of the campaigns module."""

from __future__ import annotations

from enum import StrEnum


class CampaignState(StrEnum):
    """How far a campaign has come."""

    DRAFT = "DRAFT"
    RUNNING = "RUNNING"
    COMPLETED = "COMPLETED"
    CANCELLED = "CANCELLED"
