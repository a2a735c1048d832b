"""What must hold of a campaign. Plain values in, plain values out."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from duyen.kernel.errors import FieldProblem
from duyen.kernel.words import mark


def problems_of(*, starts_on: dt.date | None, ends_on: dt.date | None) -> Iterator[FieldProblem]:
    """Find what does not fit together in a campaign as it will be."""
    if ends_on and not starts_on:
        yield FieldProblem(
            "starts_on", "required", mark("Say on which day it begins, or leave its end empty.")
        )
    elif starts_on and ends_on and ends_on < starts_on:
        yield FieldProblem(
            "ends_on", "order", mark("Its last day is before its first day. Correct one of the two.")
        )
