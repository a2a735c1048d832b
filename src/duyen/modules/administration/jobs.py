"""Move what a large unit holds, chunk by chunk, and close the unit at the end."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotAllowed
from duyen.entities.handing_over import CHUNK, give_some_of_unit
from duyen.entities.locking import lock
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.jobs.running import Run, job_kind
from duyen.foundation.org.administrators import take_turn
from duyen.modules.administration.actions.units import finish, refuse_misfits
from duyen.modules.administration.moving import MOVING


@job_kind(MOVING)
def move_unit(run: Run) -> None:
    """Move a chunk of records in each transaction; positions, views and the unit itself follow in the last.

    A chunk and how far the work is commit together, so that a kill delays it and loses nothing; stopped,
    the unit stays open with what had not moved yet.
    """
    while not _next(run):
        pass


def _next(run: Run) -> bool:
    """Take one chunk; tells whether that was the end. Raises a refusal of the step."""
    told: Mapping[str, Any] = run.job.arguments
    with transaction.atomic():
        actor = run.actor()
        _refuse_others(actor)
        given = give_some_of_unit(
            told["unit"], told["into"], actor=actor, operations=told["operations"], most=CHUNK
        )
        if given == CHUNK:
            _keep(run, given)
            return False
        take_turn()
        while more := give_some_of_unit(
            told["unit"], told["into"], actor=actor, operations=told["operations"], most=CHUNK
        ):
            given += more
        row = lock(entity_named("units"), told["unit"], actor=actor, verb=CHANGE)
        if told["verb"] == "merge_into":
            refuse_misfits(told["unit"], told["into"])
        finish(actor, row, told["into"], verb=told["verb"])
        _keep(run, given)
    return True


def _keep(run: Run, given: int) -> None:
    done = run.job.done + given
    run.save(done=done, result={"changed": done})


def _refuse_others(actor: Actor) -> None:
    if not actor.may("units", CHANGE):
        raise NotAllowed(why=_("changing this record is not among your rights."))
