"""Put the figures of the year before beside those of a report: the same groups in the same period."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from duyen.entities.reports.declared import Count, Sum
from duyen.entities.reports.reading import Line, Told, read_report
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ


def with_year_before(told: Told, *, actor: Actor, filter: object, verbs: Sequence[str] = (READ,)) -> Told:
    """Read the report again under the filter of a year before, and put its figures beside.

    Groups that were there only then have a line as well. Raises what `read_report` raises.
    """
    before = read_report(replace(told.report, across=None), actor=actor, filter=filter, verbs=verbs)
    known = {each.keys for each in told.lines}
    nothing = {each.name: 0 if isinstance(each, (Count, Sum)) else None for each in told.measures}
    # Beyond the most lines nobody knows which groups are there.
    gone = (
        [] if told.is_cut else [Line(each.keys, nothing) for each in before.lines if each.keys not in known]
    )
    held = {each.keys: each.values for each in (*before.lines, before.total)}
    return replace(told, lines=[*told.lines, *gone], before=held)
