"""The two shapes that most tiles have: lines that lead to records, and rows with a bar. Plain values."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from duyen.entities.fields import Label

#: The templates that draw them; any tile may name one as its own.
LINES, BARS, COLUMNS = "home/lines.html", "home/bars.html", "home/columns.html"
#: So many lines a tile shows; where there are more it says how many and leads to them.
MOST_LINES = 6


@dataclass(frozen=True)
class Empty:
    """What a tile says that has nothing to show: why, and the one thing to do."""

    title: Label
    text: Label = ""
    url: str = ""
    label: Label = ""


@dataclass(frozen=True)
class Line:
    """One line: its words, where it leads, what stands behind it; a tone marks what is late."""

    label: str
    url: str = ""
    text: str = ""
    aside: str = ""
    tone: str = ""
    icon: str = ""


@dataclass(frozen=True)
class Lines:
    """Lines, how many there are in all («12», «99+»), and where the others stand."""

    lines: Sequence[Line]
    empty: Empty
    count: str = ""
    more_url: str = ""
    more_label: Label = ""
    note: str = ""


@dataclass(frozen=True)
class Bar:
    """One row of a small table: a label, figures beside it, and a bar from 0 to 100 that says the first."""

    label: str
    value: int
    share: int
    url: str = ""
    tone: str = "blue"
    others: Sequence[str] = ()
    mark: str = ""


@dataclass(frozen=True)
class Bars:
    """Rows with bars under heads: `heads` names the label, the value, and what `others` hold."""

    heads: Sequence[Label]
    rows: Sequence[Bar]
    empty: Empty
    caption: str = ""
    note: str = ""
    more_url: str = ""
    more_label: Label = ""


@dataclass(frozen=True)
class Column:
    """One column of a chart: a short word under it, its number, the sentence that says both."""

    label: str
    value: int
    other: int = 0


@dataclass(frozen=True)
class Columns:
    """A chart of columns with the finding in words; `series` names what the two colours mean."""

    columns: Sequence[Column]
    finding: str
    empty: Empty
    series: Sequence[Label] = ()
    more_url: str = ""
    more_label: Label = ""

    @property
    def has_others(self) -> bool:
        return len(self.series) > 1

    @property
    def legend(self) -> list[tuple[Label, str]]:
        """Name what the colours mean, where there are two."""
        return list(zip(self.series, ("blue", "red"), strict=False)) if self.has_others else []


def counted(number: int, most: int) -> str:
    """Say a number that was counted up to `most`: «12», «99+»."""
    return f"{most}+" if number > most else str(number)
