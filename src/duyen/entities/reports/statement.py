"""Write a report down as one grouped statement over the rows of its reader."""

from __future__ import annotations

from collections.abc import Sequence

from duyen.entities.asking_parts import part_of, rows_of
from duyen.entities.entity import Entity
from duyen.entities.fields import Amount, Choice, Field, Moment
from duyen.entities.filters import compile_filter
from duyen.entities.paging import View, conditions
from duyen.entities.reports import rules
from duyen.entities.reports.declared import (
    Average,
    By,
    Condition,
    Count,
    Days,
    Measure,
    Percentile,
    Report,
    Sum,
)
from duyen.entities.sql import TRUE, Sql, all_of, name
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import ZONE, today

#: A report has no more lines than this, subtotals among them; the largest groups stay.
MOST_LINES = 1_000


def field_of(entity: Entity, path: str) -> Field:
    """Give the field of a record, or of the rows of a part (`family.field`). Raises KeyError."""
    family, dot, field_name = path.partition(".")
    part = part_of(entity, family) if dot else None
    if part is None:
        return entity.field(path)
    found = part.field(field_name)
    if found is None:
        raise KeyError(path)
    return found


def where_of(report: Report, entity: Entity, actor: Actor, filter: object, verbs: Sequence[str]) -> Sql:
    """Say which records a report is about: within all the rights, the filter and its own conditions."""
    inside = [entity.scope.as_sql(actor.scope(entity.name, verb), "t", verb) for verb in verbs]
    own = {"and": [list(each) for each in report.where]} if report.where else None
    asked = conditions(entity, actor, View(filter=filter)).whole
    return all_of([asked, compile_filter(entity, actor, own, alias="t").whole, *inside])


def first_and_last(report: Report, entity: Entity, across: By, where: Sql) -> Sql:
    """Ask for the first and the last day by which a matrix has columns."""
    day = _day(entity.field(across.field), _place(entity, across.field))
    return Sql(f"SELECT min({day}), max({day}) FROM {_rows(report, entity)} WHERE {where.text}", where.params)


def statement(report: Report, entity: Entity, actor: Actor, where: Sql, counted: Sequence[Measure]) -> Sql:
    """Group the rows once, for every level at once; the total comes first, then the largest groups.

    A middle of whole numbers comes back as pairs, a value and how often it was met.

    Each level of a matrix is grouped by its columns as well. Of those no group may be missing, and there are
    few: a line that is cut takes its own away with it.
    """
    keys = [_key(entity, each) for each in report.keys]
    columns = [Sql(f"{key} AS g{place}") for place, key in enumerate(keys)]
    columns += _columns_of(report, entity, actor, counted)
    groups = [f"g{place}" for place in range(len(keys))]
    told = ", ".join(groups)
    rows = (
        f"SELECT {', '.join(each.text for each in columns)} FROM {_rows(report, entity)} WHERE {where.text}"
    )
    number = "count(*)"
    if all(adds_up(report, entity, each) for each in counted):
        kept = [part for place, each in enumerate(counted) for part in _parts(report, each, place)]
        by = ", ".join([*groups, *dict.fromkeys(_met(counted).values())])
        figures = [_put_together(report, counted, place) for place in range(len(counted))]
        number = "sum(n)"
        if any(_counts_records(report, each) for each in counted) and not _marks(report, entity):
            rows = _marked(report, rows)
        rows = f"SELECT {', '.join([by, 'count(*) AS n', *kept])} FROM ({rows}) r GROUP BY {by}"
    else:
        figures = [_figure(report, each, place) for place, each in enumerate(counted)]
    limit = "" if report.across else f" LIMIT {MOST_LINES + 1}"
    text = (
        f"SELECT {', '.join([f'GROUPING({told})', told, *figures])} FROM ({rows}) k "
        f"GROUP BY GROUPING SETS ({_levels(report, groups)}) "
        f"ORDER BY GROUPING({told}) DESC, {number} DESC, {told}{limit}"
    )
    return Sql(text, (*(value for each in columns for value in each.params), *where.params))


def _columns_of(report: Report, entity: Entity, actor: Actor, counted: Sequence[Measure]) -> list[Sql]:
    """Give what figures ask of each row: its value, whether it is about it, what tells records apart."""
    columns = list[Sql]()
    for place, measure in enumerate(counted):
        value = _value(entity, measure)
        if value != TRUE:
            columns.append(Sql(f"{value.text} AS v{place}", value.params))
        if measure.where:
            fits = _fits(report, entity, actor, measure.where)
            columns.append(Sql(f"({fits.text}) AS w{place}", fits.params))
    if not all(adds_up(report, entity, each) for each in counted):
        return [*columns, Sql("t.id AS id")]
    if any(_counts_records(report, each) for each in counted):
        of_all, of_each = _marks(report, entity) or ("", "")
        marks = [Sql(f"p.{name(of_all)} AS f"), Sql(f"p.{name(of_each)} AS fg")] if of_all else []
        columns += marks or [Sql("t.id AS id")]
    return columns


def _marks(report: Report, entity: Entity) -> tuple[str, str] | None:
    """Name the columns that mark one row of each record, and one with each value of the level of the part."""
    part = part_of(entity, report.part)
    ((_level, link),) = _linked(report)
    rows = rows_of(part) if part else None
    return (rows.first, rows.first_by[link]) if rows and rows.first and link in rows.first_by else None


def _marked(report: Report, rows: str) -> str:
    """Mark them by their order where no column does: one sort, where each level would sort for itself."""
    ((level, _link),) = _linked(report)
    begins = "row_number() OVER w = 1"
    return (
        f"SELECT r.*, {begins} AS f, ({begins} OR lag(g{level}) OVER w IS DISTINCT FROM g{level}) AS fg "
        f"FROM ({rows}) r WINDOW w AS (PARTITION BY id ORDER BY g{level})"
    )


def _levels(report: Report, groups: Sequence[str]) -> str:
    levels = [list(groups[:depth]) for depth in range(len(report.groups) + 1)]
    if report.across is not None:
        levels += [[*each, groups[-1]] for each in levels]
    return ", ".join(f"({', '.join(each)})" for each in levels)


def _fits(report: Report, entity: Entity, actor: Actor, where: Sequence[Condition]) -> Sql:
    """Give the condition of a figure: on the records, and on the very rows of the part that are grouped."""
    of_rows = [each for each in where if "." in each[0]]
    of_records = [list(each) for each in where if "." not in each[0]]
    narrowed = {"and": of_records} if of_records else None
    rows = [field_of(entity, path).condition("p", operator, operand) for path, operator, operand in of_rows]
    return all_of([compile_filter(entity, actor, narrowed, alias="t").whole, *rows])


def _rows(report: Report, entity: Entity) -> str:
    """Give the FROM of what is grouped: records, `t`, or with them the rows of a part, `p`."""
    part = part_of(entity, report.part)
    if part is None:
        return f"{name(entity.table)} t"
    rows = rows_of(part)
    return f"{name(entity.table)} t JOIN {name(rows.model._meta.db_table)} p ON p.{name(rows.root)} = t.id"


def _place(entity: Entity, path: str) -> str:
    return field_of(entity, path).place("p" if "." in path else "t")


def _key(entity: Entity, by: By) -> str:
    """Give the SQL of the group of a row."""
    field, place = field_of(entity, by.field), _place(entity, by.field)
    if by.step is not None:
        return f"date_trunc('{by.step.value}', {_day(field, place)})::date"
    if by.bands:
        first, *others = by.bands
        cases = " ".join(f"WHEN {place} >= {least} THEN {least}" for least in reversed(others))
        return f"CASE {cases} WHEN {place} IS NOT NULL THEN {first} END"
    if isinstance(field, Choice):
        return _standing(field, place)
    return place


def _standing(field: Choice, place: str) -> str:
    """Give the code that stands for the one of a row, where options went into others; nothing for none."""
    moved = [(old, code) for code, others in field.held.others.items() for old in others]
    cases = " ".join(f"WHEN {_quoted(old)} THEN {_quoted(code)}" for old, code in moved)
    plain = f"CASE {place} {cases} ELSE {place} END" if cases else place
    return f"nullif({plain}, '')"


def _quoted(code: str) -> str:
    return "'" + code.replace("'", "''").replace("%", "%%") + "'"


def _day(field: Field, place: str) -> str:
    """Give the SQL of the day of a value, by the calendar here."""
    return f"({place} AT TIME ZONE '{ZONE.key}')::date" if isinstance(field, Moment) else place


def _value(entity: Entity, measure: Measure) -> Sql:
    """Give the SQL of what is added up of a row; true for what is only counted."""
    match measure:
        case Sum(weighed_by=percent) if percent:
            value, part = _place(entity, measure.field), _place(entity, percent)
            return Sql(f"round({value} * {part} / {rules.WHOLE}.0)::bigint")
        case Sum() | Average() | Percentile():
            return Sql(_place(entity, measure.field))
        case Days():
            since, until = entity.field(measure.since), entity.by_name.get(measure.until)
            first = _day(since, since.place("t"))
            if until is None:
                return Sql(f"(%s::date - {first})", (today(),))
            # What ended before it was entered here, as a file brings it in, took nobody knows how long.
            last = _day(until, until.place("t"))
            return Sql(f"nullif(greatest({last} - {first}, -1), -1)")
    return TRUE


def _figure(report: Report, measure: Measure, place: int) -> str:
    """Give the SQL of one figure over the columns of the rows."""
    function = "count(DISTINCT id)"
    if isinstance(measure, Count) and not _counts_records(report, measure):
        function = "count(*)"
    elif isinstance(measure, Sum):
        function = f"sum(v{place})"
    elif isinstance(measure, (Average, Days)):
        function = f"avg(v{place})"
    elif isinstance(measure, Percentile):
        function = f"percentile_cont({measure.at} / 100.0) WITHIN GROUP (ORDER BY v{place})"
    return f"{function} FILTER (WHERE w{place})" if measure.where else function


# --- figures whose parts add up ---------------------------------------------------------------------------


def adds_up(report: Report, entity: Entity, measure: Measure) -> bool:
    """Tell whether a figure of a level follows from those of the groups below.

    Where all of them do, rows are grouped once, by the innermost level, and the few groups by every level:
    PostgreSQL groups by several levels at once on one core alone, and row by row for each. A middle of whole
    numbers follows from how often each was met, which amounts are too many for. A number of records that
    have several rows follows where one row of each is marked, by its columns or by their order.
    """
    if isinstance(measure, Percentile):
        return not isinstance(field_of(entity, measure.field), Amount)
    return not _counts_records(report, measure) or _is_told_apart(report, measure)


def _counts_records(report: Report, measure: Measure) -> bool:
    """Tell whether a figure counts records that may stand among the rows of a part more than once."""
    return isinstance(measure, Count) and bool(report.part) and not measure.rows


def _is_told_apart(report: Report, measure: Measure) -> bool:
    """Tell whether one row of each record can stand for it in every level of a report."""
    return len(_linked(report)) == 1 and not any("." in path for path, _operator, _operand in measure.where)


def _linked(report: Report) -> list[tuple[int, str]]:
    """Give the levels that are fields of the part: their places, and their names in it."""
    told = [(place, *each.field.partition(".")) for place, each in enumerate(report.keys)]
    return [(place, field) for place, _family, dot, field in told if dot]


def _met(counted: Sequence[Measure]) -> dict[int, str]:
    """Give for each middle the column by whose values rows are counted, one for all of the same field."""
    firsts: dict[str, str] = {}
    return {
        place: firsts.setdefault(each.field, f"v{place}")
        for place, each in enumerate(counted)
        if isinstance(each, Percentile)
    }


def _parts(report: Report, measure: Measure, place: int) -> list[str]:
    """Give what is kept of the rows of an innermost group, from which the figure of any level follows."""
    fits = [f"w{place}"] if measure.where else []

    def only(*more: str) -> str:
        return f" FILTER (WHERE {' AND '.join([*fits, *more])})" if fits or more else ""

    if isinstance(measure, Sum):
        return [f"sum(v{place}){only()} AS s{place}"]
    if isinstance(measure, (Average, Days)):
        return [f"sum(v{place}){only()} AS s{place}", f"count(v{place}){only()} AS c{place}"]
    if isinstance(measure, Percentile):
        return [f"count(v{place}){only()} AS c{place}"]
    if _counts_records(report, measure):
        return [f"count(*){only('f')} AS c{place}", f"count(*){only('fg')} AS d{place}"]
    return [f"count(*){only()} AS c{place}"]


def _put_together(report: Report, counted: Sequence[Measure], place: int) -> str:
    measure = counted[place]
    if isinstance(measure, Sum):
        return f"sum(s{place})"
    if isinstance(measure, (Average, Days)):
        return f"sum(s{place})::numeric / nullif(sum(c{place}), 0)"
    if isinstance(measure, Percentile):
        return f"array_agg(ARRAY[{_met(counted)[place]}, c{place}]) FILTER (WHERE c{place} > 0)"
    if _counts_records(report, measure):
        return f"CASE GROUPING(g{_linked(report)[0][0]}) WHEN 0 THEN sum(d{place}) ELSE sum(c{place}) END"
    return f"sum(c{place})"
