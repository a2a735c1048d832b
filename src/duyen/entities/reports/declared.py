"""How a report is declared: of which records, in which groups, what is counted and added up of them.

    contribute_reports(
        Report(
            "opportunities_by_type", _("Opportunities by type"), entity="opportunities", icon="shapes",
            groups=[By("type")],
            measures=[Count("number", _("Opportunities")), Count("won", _("Won"), where=[WON]),
                      Sum("amount", _("Amount"), field="amount"), Share("share", _("Share"), of="amount"),
                      Ratio("rate", _("Win rate"), of="won", to=("won", "lost"))],
            dates="created_at expected_close", filters="owner unit",
        )
    )

With `across` a report is a matrix: its groups stand down the page and stretches of time across it.


Module order is the order in which they are listed. `check` looks at every name at start-up.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from duyen.entities.fields import Label
from duyen.entities.listing import names

#: One condition of the filter language: field, operator, operand.
Condition = tuple[str, str, object]
#: Gives the places of linked records in their own order, by id.
Places = Callable[[Collection[int]], Mapping[int, int]]


class Step(StrEnum):
    """Into which stretch of time the days of a group fall."""

    MONTH = "month"
    QUARTER = "quarter"
    YEAR = "year"


@dataclass(frozen=True)
class By:
    """One level of groups: the values of a choice, a link, a number, yes or no, or of a day within `step`.

    A field of a part is named as `family.field`; then the rows of the part are what is grouped. Linked
    records stand by `places`; without it the group with the most records comes first. `bands` put a whole
    number into stretches: each begins at one of them, upwards, and the first holds whatever is below it too.
    """

    field: str
    step: Step | None = None
    places: Places | None = None
    bands: Sequence[int] = ()


@dataclass(frozen=True)
class Measure:
    """One figure of each group. `where` narrows the records that it is about, or the rows of the part.

    Whoever may not see one of its fields has no such column. One that is not `in_lines` is told of
    everything alone.
    """

    name: str
    label: Label
    where: Sequence[Condition] = ()
    in_lines: bool = True


@dataclass(frozen=True)
class Count(Measure):
    """How many records there are; `rows` counts the rows of the report's part instead."""

    rows: bool = False


@dataclass(frozen=True)
class Sum(Measure):
    """The sum of an amount or a whole number, exact; nothing known counts as nothing.

    `weighed_by` is a field of the record in per cent: each value counts for that part, rounded half up.
    Where a report groups the rows of a part, only their own fields are added up: a record stands there as
    often as it has rows.
    """

    field: str = ""
    weighed_by: str = ""


@dataclass(frozen=True)
class Average(Measure):
    """The average of an amount or a whole number over the records that have one."""

    field: str = ""


@dataclass(frozen=True)
class Percentile(Measure):
    """What `at` per cent of the known values of a whole number or an amount do not exceed; 50: the middle.

    Between two values it lies on the line between them, as PostgreSQL's percentile_cont does.
    """

    field: str = ""
    at: int = 50


@dataclass(frozen=True)
class Days(Measure):
    """The average number of days from one day or moment to another one, or until today."""

    since: str = ""
    until: str = ""


@dataclass(frozen=True)
class Share(Measure):
    """The part of a count or sum in that of everything, in per cent."""

    of: str = ""


@dataclass(frozen=True)
class Ratio(Measure):
    """One count or sum in the sum of others, in per cent: won in won and lost."""

    of: str = ""
    to: Sequence[str] = ()


@dataclass(frozen=True)
class Beside(Measure):
    """What another report tells of the same group, under the reader's own filter: its measure `of`.

    The levels of both are the same values in the same order.
    """

    report: str = ""
    of: str = ""


@dataclass(frozen=True)
class Report:
    """One report on the records of `entity`.

    `where` holds of all its records. `dates` are the days by which a reader chooses a period, the first one
    unless she says otherwise; `period` is the one that it opens with, none for all time. `filters` are
    links and choices by which she narrows it. Whoever may not see a field of `where` or of a group has no
    such report. `bars` is the measure whose part is drawn.

    `ways` are other groups of the same records from which a reader may choose, none of them of a part; she
    has those whose fields she sees.

    `across` is a day of the record that makes columns of the one level of groups; `cells` are the counts and
    sums that may stand there, the first one unless she asks for another. The others tell of everything.
    """

    key: str
    label: Label
    entity: str
    icon: str
    groups: Sequence[By]
    measures: Sequence[Measure]
    help: Label = ""
    where: Sequence[Condition] = ()
    dates: Sequence[str] = ()
    period: str = ""
    filters: Sequence[str] = ()
    bars: str = ""
    across: By | None = None
    cells: Sequence[str] = ()
    ways: Sequence[Sequence[By]] = ()

    def __post_init__(self) -> None:
        object.__setattr__(self, "dates", names(self.dates))
        object.__setattr__(self, "filters", names(self.filters))
        object.__setattr__(self, "cells", names(self.cells))

    def measure(self, name: str) -> Measure:
        """Give the measure called `name`. Raises KeyError."""
        for each in self.measures:
            if each.name == name:
                return each
        raise KeyError(name)

    def only(self, wanted: Collection[str]) -> Report:
        """Give the same report with some of its figures, and with those of which they are made."""
        kept, more = set[str](), set(wanted)
        while more:
            kept |= more
            more = {part for each in more for part in _made_of(self.measure(each))} - kept
        return replace(self, measures=[each for each in self.measures if each.name in kept])

    @property
    def way(self) -> str:
        """Name the groups that it has, as an address does."""
        return ".".join(each.field for each in self.groups)

    @property
    def in_every_way(self) -> list[Report]:
        """Give the report in its own groups, then in each of the other ones."""
        return [self, *(replace(self, groups=each) for each in self.ways)]

    @property
    def part(self) -> str:
        """Name the part whose rows are grouped, if any."""
        return next((path.partition(".")[0] for path in sorted(self.fields) if "." in path), "")

    @property
    def fields(self) -> set[str]:
        """Name the fields without which there is no report."""
        grouped = {each.field for each in self.keys}
        return grouped | {name for name, _operator, _operand in self.where}

    @property
    def keys(self) -> list[By]:
        """Give what makes groups: the levels, then the columns."""
        return [*self.groups, *([self.across] if self.across else [])]

    def fields_of(self, measure: Measure) -> set[str]:
        """Name the fields that a measure tells of, also through those that it is made of."""
        found = {name for name, _operator, _operand in measure.where}
        match measure:
            case Sum():
                found |= {measure.field, *filter(None, [measure.weighed_by])}
            case Average() | Percentile():
                found.add(measure.field)
            case Days():
                found |= {measure.since, *filter(None, [measure.until])}
            case Share():
                found |= self.fields_of(self.measure(measure.of))
            case Ratio():
                for name in (measure.of, *measure.to):
                    found |= self.fields_of(self.measure(name))
        return found


def _made_of(measure: Measure) -> tuple[str, ...]:
    """Name the figures of the same report from which one is worked out."""
    match measure:
        case Share():
            return (measure.of,)
        case Ratio():
            return (measure.of, *measure.to)
    return ()


_reports: dict[str, Report] = {}


class TwiceContributed(ValueError):
    """Two reports have the same key."""


def contribute_reports(*reports: Report) -> None:
    """Offer reports. Raises TwiceContributed."""
    for each in reports:
        if each.key in _reports:
            raise TwiceContributed(each.key)
        _reports[each.key] = each


def all_reports() -> list[Report]:
    """List every report in the order of contribution."""
    return list(_reports.values())


def report_called(key: str) -> Report | None:
    """Find a report by its key."""
    return _reports.get(key)


def whose(measure: Measure) -> Measure:
    """Give the measure that tells of which kind a figure is: itself, or the one that it is taken from."""
    other = report_called(measure.report) if isinstance(measure, Beside) else None
    return other.measure(measure.of) if other and isinstance(measure, Beside) else measure
