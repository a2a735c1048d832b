"""What must hold of an opportunity and its lines. Plain values in, plain values out. Source: process §2.2."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from duyen.kernel.clock import ZONE
from duyen.kernel.errors import FieldProblem
from duyen.kernel.money import round_half_up
from duyen.kernel.words import mark
from duyen.modules.opportunities.words import Alike, DealState, Lack, Left, Move

#: Nobody puts a deal aside for longer.
LONGEST_HOLD = dt.timedelta(days=180)
#: A lost deal is taken up again within so many days; later it is a new one.
REOPENED_WITHIN = dt.timedelta(days=365)
#: So long after its end a deal may be entered that is closed by hand, and so far away is its close expected.
ENTERED_AFTERWARDS = dt.timedelta(days=365)
EXPECTED_WITHIN = dt.timedelta(days=3_653)
#: How likely a deal is in per cent once it is closed.
CERTAINTY: Mapping[DealState, int] = {DealState.WON: 100, DealState.LOST: 0, DealState.CANCELLED: 0}
#: What a recurring line counts for where neither its plan nor anybody said for how long.
USUAL_TERM = 12
LONGEST_TERM = 120
#: What the partners of a deal may share, in per cent.
WHOLE = Decimal(100)
#: Months between two bills; 30 days count as a month.
PERIODS: Mapping[str, int] = {"DAYS_30": 1, "MONTH": 1, "QUARTER": 3, "HALF_YEAR": 6, "YEAR": 12}


# --- stages -----------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Stage:
    """One stage of a pipeline; `checklist` and `required` have to be done when a deal leaves it forwards.

    `is_late` says that a deal can be won from here, and that it goes no further back without the head of
    the area.
    """

    id: int
    position: int
    name: str
    probability: int
    checklist: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    is_late: bool = False
    stale_after: int | None = None


def in_order(stages: Iterable[Stage]) -> list[Stage]:
    """Put the stages of one pipeline into their order."""
    return sorted(stages, key=lambda each: (each.position, each.id))


def moved(order: Sequence[int], which: int, by: int) -> list[int] | None:
    """Give an order in which one has gone `by` places on, at most to an end; nothing if it is not there."""
    if which not in order:
        return None
    others = [each for each in order if each != which]
    place = min(max(order.index(which) + by, 0), len(others))
    return [*others[:place], which, *others[place:]]


def move_between(stages: Sequence[Stage], here: int, there: int) -> Move:
    """Say where stage `there` lies from `here`; both are ids of `stages`, which stand in their order."""
    places = {each.id: place for place, each in enumerate(stages)}
    step = places[there] - places[here]
    if step == 0:
        return Move.SAME
    if step < 0:
        return Move.BACK
    return Move.NEXT if step == 1 else Move.SKIP


def next_stage(stages: Sequence[Stage], here: int) -> Stage | None:
    """Give the stage after `here`, or nothing after the last one."""
    places = [each.id for each in stages]
    if here not in places:
        return stages[0] if stages else None
    after = places.index(here) + 1
    return stages[after] if after < len(stages) else None


def restart_stage(stages: Sequence[Stage]) -> Stage:
    """Give the stage in which a lost deal begins anew: the second, or the only one."""
    return stages[min(1, len(stages) - 1)]


def unanswered(checklist: Sequence[str], answered: Collection[str]) -> list[str]:
    """List what of a checklist is not done."""
    return [item for item in checklist if item not in answered]


def checklist_of(text: str) -> tuple[str, ...]:
    """Read a checklist, one item a line; what is said twice counts once."""
    return tuple(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def days_still(since: dt.datetime, now: dt.datetime) -> int:
    """Count the whole days since a moment."""
    return max(0, (now - since).days)


def stale_since(now: dt.datetime, stale_after: int) -> dt.datetime:
    """Give by when a deal came into its stage that has stood there for longer than so many days."""
    return now - dt.timedelta(days=stale_after + 1)


def is_stale(since: dt.datetime, now: dt.datetime, stale_after: int | None) -> bool:
    """Tell whether a deal has stood for longer than its stage allows."""
    return stale_after is not None and since <= stale_since(now, stale_after)


def left_by(stages: Mapping[int, Stage], here: int, there: int) -> Left:
    """Say how a deal left stage `here` that stands in `there` now; `stages` hold both by id."""
    one, other = ((stages[each].position, each) for each in (here, there))
    return Left.ON if one < other else Left.BACK


def closing_moment(closed_on: dt.date, told_at: dt.datetime) -> dt.datetime:
    """Give when a deal was closed: when it was told, or the end of the day where that was another one."""
    if told_at.astimezone(ZONE).date() == closed_on:
        return told_at
    return dt.datetime.combine(closed_on, dt.time(23, 59, 59), ZONE)


def days_between(since: dt.datetime, until: dt.datetime) -> int:
    """Count the days from one moment to another by the calendar here, none where the second comes first."""
    return max(0, (until.astimezone(ZONE).date() - since.astimezone(ZONE).date()).days)


def with_id(ids: Iterable[int], added: int) -> list[int]:
    """Put one more id among others, in their order."""
    return sorted({*ids, added})


# --- lines ------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LineSums:
    """What one line, or all of them, are worth in minor units without VAT.

    `one_off` is paid once, `monthly` each month, `total` over the whole term.
    """

    one_off: int = 0
    monthly: int = 0
    total: int = 0

    def __add__(self, other: LineSums) -> LineSums:
        return LineSums(self.one_off + other.one_off, self.monthly + other.monthly, self.total + other.total)


@dataclass(frozen=True)
class LineTerms:
    """What a line is made of: for one unit its price and its fee; `period` is months between two bills.

    A line without a period is paid once. Free months lie within the term.
    """

    quantity: int
    unit_price: int
    fee: int = 0
    period: int | None = None
    term: int = 0
    prepaid: int = 0
    free: int = 0


def paid_months(terms: LineTerms) -> int:
    """Count the months of a term that are paid: all but the free ones, and never fewer than those ahead."""
    return max(terms.prepaid, terms.term - terms.free, 0)


def sums_of_line(terms: LineTerms) -> LineSums:
    """Work out one line; each sum is rounded once, half up. See docs/algorithms/contract-value.md."""
    fees = terms.quantity * terms.fee
    price = terms.quantity * terms.unit_price
    if terms.period is None:
        return LineSums(one_off=price + fees, total=price + fees)
    recurring = _rounded(price * paid_months(terms), terms.period)
    return LineSums(one_off=fees, monthly=_rounded(price, terms.period), total=fees + recurring)


def _rounded(amount: int, parts: int) -> int:
    # Whole numbers alone: half up for sums that are not negative.
    return (2 * amount + parts) // (2 * parts)


def sum_lines(lines: Iterable[LineSums]) -> LineSums:
    """Add up lines."""
    return sum(lines, LineSums())


def discounted(price: int, percent: Decimal) -> int:
    """Take so many per cent off a price, rounded half up."""
    return round_half_up(price * (100 - percent) / 100)


def is_as_given(held: Mapping[str, int], asked: Mapping[str, int]) -> bool:
    """Tell whether a line asks for no more than was given: by the same list, as dear, no more, no longer."""
    return (
        held["list_price"] == asked["list_price"]
        and held["unit_price"] <= asked["unit_price"]
        and held["quantity"] >= asked["quantity"]
        and held["term_months"] >= asked["term_months"]
    )


def weighted(amount: int, probability: int) -> int:
    """Weigh an amount by a probability in per cent, rounded half up."""
    return _rounded(amount * probability, 100)


def problems_of_terms(
    *, is_recurring: bool, term: int | None, prepaid: int, free: int
) -> Iterator[FieldProblem]:
    """Find what does not fit together in the months of a line."""
    if not is_recurring and (term or prepaid or free):
        yield FieldProblem("term_months", "one_off", mark("This is paid once. Leave its months empty."))
        return
    if free and not prepaid:
        yield FieldProblem(
            "free_months", "prepaid", mark("Free months come with months that are paid ahead.")
        )
    if term and prepaid > term:
        sentence = mark("More months are paid ahead than the term has. Correct one of the two.")
        yield FieldProblem("prepaid_months", "term", sentence)


# --- partners ---------------------------------------------------------------------------------------------


def problems_of_share(share: Decimal | None, others: Iterable[Decimal | None]) -> Iterator[FieldProblem]:
    """Find what is wrong with the share of one partner beside those of the others, all in per cent."""
    left = WHOLE - sum((each for each in others if each is not None), Decimal(0))
    if share is not None and share > left:
        sentence = mark("The partners of a deal have 100 % together at most. Correct the shares.")
        yield FieldProblem("share", "too_much", sentence)


def one_partner(kept: Mapping[str, Any], dropped: Mapping[str, Any]) -> Mapping[str, Any]:
    """Say what stays where two partners of one deal prove to be one: their shares together."""
    shares = [Decimal(str(each["share"])) for each in (kept, dropped) if each["share"] is not None]
    paper = kept["paper_id"] or dropped["paper_id"]
    return {"share": str(sum(shares, Decimal(0))) if shares else None, "paper_id": paper}


# --- how deals ended --------------------------------------------------------------------------------------

#: Where one band of the size of deals ends and the next begins, in đồng, and one of days in the last stage.
SIZES = (10_000_000, 50_000_000, 200_000_000, 1_000_000_000)
STANDS = (8, 15, 31, 61)


def band_of(value: int | None, bounds: Sequence[int]) -> int | None:
    """Give the band in which a value lies, from 0; a bound begins the band above it."""
    return None if value is None else sum(value >= bound for bound in bounds)


def edges(band: int, bounds: Sequence[int]) -> tuple[int | None, int | None]:
    """Give the first value of a band and the first one above it, where it has them."""
    return bounds[band - 1] if band else None, bounds[band] if band < len(bounds) else None


def win_rate(won: int, lost: int) -> int | None:
    """Give how many of a hundred decided deals were won, none where none was decided."""
    return round(100 * won / (won + lost)) if won + lost else None


# --- deals that are alike ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class Features:
    """By what deals are compared; a band of size is one of SIZES."""

    customer: int | None = None
    industry: str = ""
    products: frozenset[int] = frozenset()
    size: int | None = None
    competitors: frozenset[int] = frozenset()


#: How much it tells of two deals that they have one of these in common; all together make a hundred.
WEIGHTS: Mapping[Alike, int] = {
    Alike.CUSTOMER: 25,
    Alike.PRODUCT: 30,
    Alike.COMPETITOR: 20,
    Alike.SIZE: 15,
    Alike.INDUSTRY: 10,
}
#: Less in common is chance.
ALIKE_ENOUGH = 25


def in_common(one: Features, other: Features) -> tuple[Alike, ...]:
    """Say what two deals have in common, what tells most first."""
    found = {
        Alike.CUSTOMER: one.customer is not None and one.customer == other.customer,
        Alike.PRODUCT: bool(one.products & other.products),
        Alike.COMPETITOR: bool(one.competitors & other.competitors),
        Alike.SIZE: one.size is not None and one.size == other.size,
        Alike.INDUSTRY: bool(one.industry) and one.industry == other.industry,
    }
    return tuple(sorted((each for each in Alike if found[each]), key=lambda each: -WEIGHTS[each]))


def likeness(common: Iterable[Alike]) -> int:
    """Say how alike two deals are that have these in common, from 0 to 100."""
    return sum(WEIGHTS[each] for each in common)


# --- closing ----------------------------------------------------------------------------------------------


def against_winning(here: Stage, *, has_line: bool, has_paper: bool) -> Iterator[Lack]:
    """Name all that a deal lacks to be won; `has_paper` is true too where the company asks for none."""
    if not here.is_late:
        yield Lack.STAGE
    if not has_line:
        yield Lack.LINE
    if not has_paper:
        yield Lack.PAPER


def problems_of_beaten(met: Collection[int], *, is_nobody: bool) -> Iterator[FieldProblem]:
    """Find what is wrong with whom a won deal beat: who was met is named, or it is said that nobody was."""
    if not met and not is_nobody:
        sentence = mark("Say whom we beat, or that there was no competitor.")
        yield FieldProblem("beaten", "required", sentence)
    elif met and is_nobody:
        sentence = mark("Competitors stand on the deal. Take them off first, or leave this empty.")
        yield FieldProblem("no_rival", "met", sentence)


def problems_of_closing(
    closed_on: dt.date, today: dt.date, *, entered: dt.date | None = None
) -> Iterator[FieldProblem]:
    """Find what is wrong with the day on which a deal was closed that was entered on another one."""
    if closed_on > today:
        sentence = mark("Choose today or a day before: what is closed lies in the past.")
        yield FieldProblem("closed_on", "future", sentence)
    elif entered is not None and entered - closed_on > ENTERED_AFTERWARDS:
        sentence = mark("That is more than a year before the deal was entered. Check the year.")
        yield FieldProblem("closed_on", "long_before", sentence)


def problems_of_expecting(expected: dt.date, today: dt.date) -> Iterator[FieldProblem]:
    """Find what is wrong with the day by which a deal that is worked on may be closed: a slip in the year."""
    if abs(expected - today) > EXPECTED_WITHIN:
        sentence = mark("That is more than ten years away. Check the year.")
        yield FieldProblem("expected_close", "far", sentence)


def problems_of_past_stage(
    since: dt.datetime, closed_on: dt.date | None, now: dt.datetime
) -> Iterator[FieldProblem]:
    """Find what is wrong with the moment at which a deal that comes from elsewhere came into its stage."""
    if since > now:
        yield FieldProblem("stage_since", "future", mark("Choose today or a day before."))
    elif closed_on is not None and closed_on < since.astimezone(ZONE).date() < now.astimezone(ZONE).date():
        sentence = mark("It came into its last stage before it was closed. Correct one of the two days.")
        yield FieldProblem("stage_since", "order", sentence)


def may_reopen(closed_on: dt.date, today: dt.date) -> bool:
    """Tell whether a deal was closed so lately that it can be taken up again."""
    return today - closed_on <= REOPENED_WITHIN


def problems_of_hold(resume_on: dt.date, today: dt.date) -> Iterator[FieldProblem]:
    """Find what is wrong with the day on which a deal that is put aside comes back."""
    if resume_on <= today:
        yield FieldProblem("resume_on", "past", mark("Choose a day after today."))
    elif resume_on - today > LONGEST_HOLD:
        sentence = mark("A deal rests for 180 days at most. Choose an earlier day, or close it.")
        yield FieldProblem("resume_on", "too_long", sentence)


def percent_off(list_price: int, unit_price: int) -> str:
    """Say how much is taken off a list price in per cent, to one place; empty where nothing is."""
    if list_price <= 0 or unit_price >= list_price:
        return ""
    tenths = _rounded((list_price - unit_price) * 1000, list_price)
    whole, rest = divmod(tenths, 10)
    return f"{whole},{rest}" if rest else str(whole)
