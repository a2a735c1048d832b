"""What the module declares: its settings, and that its table tells of nobody."""

from __future__ import annotations

from duyen.entities.personal.declared import NOBODY
from duyen.entities.personal.holding import hold
from duyen.modules.retention import notices, settings
from duyen.modules.retention.models import Night

__all__ = ["notices", "settings"]

hold(Night, NOBODY)
