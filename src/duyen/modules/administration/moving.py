"""Which background work moves what a unit holds."""

from __future__ import annotations

from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import UNFINISHED

#: The kind of background work that empties a unit and closes it.
MOVING = "administration.move_unit"


def moving_job(unit_id: int) -> Job | None:
    """Give the work that is moving what a unit holds now."""
    return (
        Job.objects.filter(kind=MOVING, state__in=UNFINISHED, arguments__unit=unit_id).order_by("-pk").first()
    )


def last_moving_job(unit_id: int) -> Job | None:
    """Give the newest such work of a unit, whatever became of it."""
    return Job.objects.filter(kind=MOVING, arguments__unit=unit_id).order_by("-pk").first()
