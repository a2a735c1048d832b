"""The life of a handover as data, and by when it is to be answered. Plain values in, plain values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from duyen.kernel.errors import FieldProblem
from duyen.kernel.words import mark
from duyen.kernel.working_time import WorkingTime, add_working_time
from duyen.modules.handovers.words import HandoverState, Step

#: In working hours of the unit that receives it; then both sides are told that nobody answered.
ANSWERED_WITHIN = dt.timedelta(hours=8)
MOST_LETTERS = 300
#: From which state a step leads to which.
LIFE: Mapping[Step, tuple[HandoverState, HandoverState]] = {
    Step.ACCEPT: (HandoverState.WAITING, HandoverState.ACCEPTED),
    Step.RETURN: (HandoverState.WAITING, HandoverState.RETURNED),
    Step.WITHDRAW: (HandoverState.WAITING, HandoverState.WITHDRAWN),
}


def state_after(step: Step, state: str) -> HandoverState | None:
    """Give where a step leads from a state; nothing where it does not begin there."""
    before, after = LIFE[step]
    return after if state == before else None


def due_at(moment: dt.datetime, hours: WorkingTime) -> dt.datetime:
    """Give by when a lead that is handed over at `moment` is to be accepted or returned."""
    return add_working_time(moment, ANSWERED_WITHIN, hours)


def problems_of(*, person: int | None, unit: int | None, by: int | None) -> Iterator[FieldProblem]:
    """Find what speaks against handing over to a person or a unit."""
    if person is None and unit is None:
        yield FieldProblem("owner", "required", mark("Say to whom or to which unit."))
    elif person is not None and person == by:
        yield FieldProblem(
            "owner", "yourself", mark("This is you. Choose somebody else, or take the lead on.")
        )


def problems_of_note(step: Step, note: str) -> Iterator[FieldProblem]:
    """Find what is missing of the words that go with a step."""
    if step is Step.RETURN and not note:
        yield FieldProblem("note", "required", mark("Say why you return it, so that they can mend it."))
    elif len(note) > MOST_LETTERS:
        yield FieldProblem("note", "too_long", mark("Say it in 300 letters at most."))
