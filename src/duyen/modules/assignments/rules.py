"""Who gets a lead: the first rule that fits, and among its people whoever is next. Plain values alone.

The same steps assign new leads and try a rule on those of last month.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from duyen.kernel.errors import FieldProblem
from duyen.kernel.places import ward_of
from duyen.kernel.places.reading import read_address
from duyen.kernel.words import mark
from duyen.modules.assignments.words import Left, Way


@dataclass(frozen=True)
class Lead:
    """What of a lead the rules look at; `had` are those who were assigned it before and lost it again."""

    id: int
    source: str
    temperature: str
    province: str
    ward: str
    products: frozenset[int]
    campaign: int | None
    had: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Rule:
    """One rule: which leads fit (an empty set fits all), who gets them, in which way.

    `most_open` is how many open leads somebody may have to get another one; none sets no limit.
    """

    id: int
    sources: frozenset[str]
    temperatures: frozenset[str]
    provinces: frozenset[str]
    wards: frozenset[str]
    products: frozenset[int]
    campaign: int | None
    people: Sequence[int]
    way: Way
    most_open: int | None
    only_in_hours: bool


@dataclass(frozen=True)
class Outcome:
    """What becomes of one lead: by which rule, to whom; or why it stays where it is."""

    lead: int
    rule: int | None = None
    person: int | None = None
    left: Left | None = None


@dataclass
class Standing:
    """How things are when leads are assigned: it moves on with each.

    `load` are open leads by person, `last` who was given one last by rule, `away` who is not there, `shut`
    the rules whose people do not work at this hour.
    """

    load: dict[int, int] = field(default_factory=dict)
    last: dict[int, int] = field(default_factory=dict)
    away: Collection[int] = frozenset()
    shut: Collection[int] = frozenset()


def fits(rule: Rule, lead: Lead) -> bool:
    """Tell whether a lead is one of those that a rule assigns."""
    return (
        (not rule.sources or lead.source in rule.sources)
        and (not rule.temperatures or lead.temperature in rule.temperatures)
        and (not rule.provinces or lead.province in rule.provinces)
        and (not rule.wards or lead.ward in rule.wards)
        and (not rule.products or bool(rule.products & lead.products))
        and (rule.campaign is None or lead.campaign == rule.campaign)
    )


def assign(rules: Sequence[Rule], leads: Iterable[Lead], standing: Standing) -> Iterator[Outcome]:
    """Assign leads, one after the other, by the first rule that fits each; `standing` moves on meanwhile.

    A rule whose people are all away or full does not pass a lead on to the next rule: whoever wrote the rules
    sees it waiting and adds people, rather than finding it with somebody who was not meant.
    """
    for lead in leads:
        rule = next((each for each in rules if fits(each, lead)), None)
        if rule is None:
            yield Outcome(lead.id, left=Left.NO_RULE)
        elif rule.only_in_hours and rule.id in standing.shut:
            yield Outcome(lead.id, rule.id, left=Left.SHUT)
        elif (person := next_of(rule, lead, standing)) is None:
            yield Outcome(lead.id, rule.id, left=Left.NOBODY)
        else:
            standing.load[person] = standing.load.get(person, 0) + 1
            standing.last[rule.id] = person
            yield Outcome(lead.id, rule.id, person)


def next_of(rule: Rule, lead: Lead, standing: Standing) -> int | None:
    """Give who is next by a rule: nobody who is away or full, or lost this lead before.

    In turn goes by the order of the people, from whoever came last; the fewest open leads, and of equals
    whoever comes next in turn.
    """
    in_turn = _from(rule.people, standing.last.get(rule.id))
    barred = {*standing.away, *lead.had}
    free = [each for each in in_turn if each not in barred and not _is_full(rule, each, standing)]
    if not free:
        return None
    if rule.way is Way.IN_TURN:
        return free[0]
    return min(free, key=lambda each: standing.load.get(each, 0))  # of equals the first in turn


def _from(people: Sequence[int], last: int | None) -> list[int]:
    start = people.index(last) + 1 if last in people else 0
    return [*people[start:], *people[:start]]


def _is_full(rule: Rule, person: int, standing: Standing) -> bool:
    return rule.most_open is not None and standing.load.get(person, 0) >= rule.most_open


def read_wards(lines: str) -> tuple[frozenset[str], list[str]]:
    """Give the codes of the wards that are named one a line, and the lines that name no single one."""
    codes, unread = set(), []
    for line in filter(None, (each.strip() for each in lines.splitlines())):
        read = read_address("", line)
        code = line if ward_of(line) else read.ward_code or "".join(read.candidates[:2])
        if ward_of(code):
            codes.add(code)
        else:
            unread.append(line)
    return frozenset(codes), unread


def problems_of(
    *, is_on: bool, people: Collection[int], unknown: Mapping[int, str], wards: str
) -> Iterator[FieldProblem]:
    """Find what does not fit together in a rule; `unknown` names people who may not work on leads."""
    if read_wards(wards)[1]:
        sentence = mark("“%(line)s” names no single ward. Write ward and province, as Hồng Bàng, Hải Phòng.")
        yield FieldProblem("wards", "unknown_ward", sentence)
    if is_on and not people:
        sentence = mark("Name at least one person who gets these leads before it is switched on.")
        yield FieldProblem("people", "required", sentence)
    elif unknown:
        sentence = mark("%(names)s may not work on leads. Take them out, or give them a role that may.")
        yield FieldProblem("people", "no_right", sentence)
