"""Facts that the activities module tells."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field

from duyen.modules.activities.words import ActivityKind


@dataclass(frozen=True)
class ActivityDone:
    """An activity was finished by command, or was noted as something that had happened."""

    activity_id: int
    kind: ActivityKind
    owner_id: int | None
    done_at: dt.datetime
    outcome: str = ""
    #: What it was about: ids by entity.
    about: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
