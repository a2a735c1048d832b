"""What points make of a lead: the part of each criterion, their sum, what it proposes. Plain values alone."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from duyen.kernel.errors import FieldProblem
from duyen.kernel.words import mark
from duyen.modules.activities.words import ActivityKind
from duyen.modules.leads.words import LeadState, Temperature
from duyen.modules.scoring.words import BEHAVIOUR, DONE, Basis, Verdict

LEAST, MOST = 0, 100
#: States in which a score moves; in any other it stands as it was (process §2.1: frozen when qualified).
LIVE = (LeadState.NEW, LeadState.ASSIGNED, LeadState.CONTACTED, LeadState.NURTURING)
#: A criterion looks back so many days at most, and counts so many times.
LONGEST, MOST_TIMES = 730, 20


def part_of_behaviour(points: int, ages: Iterable[int], *, within: int, fades: bool, most: int) -> int:
    """Give the points of what somebody did: `ages` are whole days since each time it happened.

    What is `within` days old or older counts nothing, and of the rest the newest `most` times count. One that
    `fades` is worth (within - age) / within of its points; the sum is rounded half away from zero.
    """
    counted = sorted(age for age in ages if 0 <= age < within)[:most]
    if not fades:
        return points * len(counted)
    return _rounded(points * sum(within - age for age in counted), within)


def part_of_absence(points: int, ages: Iterable[int], *, here: int, within: int) -> int:
    """Give the points for what did not happen: none of the `ages` lies within `within` days.

    A lead that is `here` for fewer days than that gets nothing: nobody had the time.
    """
    return points if here >= within and not any(0 <= age < within for age in ages) else 0


def _rounded(numerator: int, denominator: int) -> int:
    half = (2 * abs(numerator) + denominator) // (2 * denominator)
    return half if numerator >= 0 else -half


def score_of(parts: Iterable[int]) -> int:
    """Give the score: the sum of all parts, at least 0 and at most 100."""
    return max(LEAST, min(MOST, sum(parts)))


def signed(points: int) -> str:
    """Write points with their sign."""
    return f"+{points}" if points > 0 else f"−{-points}" if points < 0 else "0"


def temperature_of(score: int, *, hot_from: int, warm_from: int) -> Temperature:
    """Give the temperature that a score proposes."""
    if score >= hot_from:
        return Temperature.HOT
    return Temperature.WARM if score >= warm_from else Temperature.COLD


def problems_of_model(*, hot_from: int, warm_from: int) -> Iterator[FieldProblem]:
    """Find what does not fit together in a model."""
    if warm_from >= hot_from:
        sentence = mark("Hot begins above warm. Give it more points than warm.")
        yield FieldProblem("hot_from", "order", sentence)


#: By what a criterion looks at, what else has to be said and what has to stay empty.
_NEEDS: Mapping[Basis, Sequence[str]] = {
    Basis.FIELD: ("condition",),
    Basis.ACTIVITY: ("activity_kind", "within_days"),
    Basis.CONTACT: ("within_days",),
    Basis.WEB_FORM: ("within_days",),
    Basis.CONSENT: ("within_days",),
}
_OF_FIELDS = ("condition",)
_OF_BEHAVIOUR = ("activity_kind", "direction", "outcomes", "within_days", "fades", "absent")
#: Kinds of activity that come from somebody: from the customer, or from us.
DIRECTED = frozenset({ActivityKind.CALL, ActivityKind.EMAIL, ActivityKind.LETTER})


def problems_of_criterion(after: Mapping[str, Any]) -> Iterator[FieldProblem]:
    """Find what is missing in a criterion, or makes no sense in it."""
    basis = Basis(after["basis"])
    if after["points"] == 0:
        yield FieldProblem("points", "nothing", mark("0 points change nothing. Give more or fewer."))
    for name in _NEEDS[basis]:
        if not after[name]:
            yield FieldProblem(name, "required", mark("Say this for what the criterion looks at."))
    foreign = _OF_BEHAVIOUR if basis is Basis.FIELD else _OF_FIELDS
    for name in foreign:
        if after[name]:
            yield FieldProblem(name, "foreign", mark("This does not belong to what the criterion looks at."))
    if basis in BEHAVIOUR and basis is not Basis.ACTIVITY and after["activity_kind"]:
        yield FieldProblem("activity_kind", "foreign", mark("Only activities have a kind."))
    yield from _problems_of_what_was_done(basis, after)
    if after["absent"] and after["fades"]:
        sentence = mark("What did not happen does not fade. Take one of them away.")
        yield FieldProblem("fades", "foreign", sentence)
    if after["absent"] and after["most"] > 1:
        yield FieldProblem("most", "foreign", mark("What did not happen counts once. Write 1."))


def _problems_of_what_was_done(basis: Basis, after: Mapping[str, Any]) -> Iterator[FieldProblem]:
    if basis in BEHAVIOUR - DONE:
        for name in ("direction", "outcomes"):
            if after[name]:
                sentence = mark("Only activities have this. Take it away, or choose an activity.")
                yield FieldProblem(name, "foreign", sentence)
    elif basis is Basis.ACTIVITY and after["direction"] and after["activity_kind"] not in DIRECTED:
        sentence = mark("Only calls, e-mails and letters come from somebody. Choose one of these.")
        yield FieldProblem("direction", "foreign", sentence)


#: Fields that a lead gets while somebody works on it, or that it needs to be qualified: whoever became a
#: customer has them. They tell of the end: nothing is learned from them, no points are compared with them.
LATE = frozenset(
    {
        *("need", "products", "budget", "wanted_by", "is_decider", "is_feasible", "temperature", "tax_code"),
        *(
            "ward",
            "province",
            "address_status",
            "industry",
            "legal_form",
            "size_band",
            "revenue_band",
            "tags",
        ),
        *("current_provider", "provider_until", "next_action_on", "first_response_at", "reopened"),
    }
)
#: So many of each end are learned from at least, and so many held apart.
LEAST_TRAINED, LEAST_HELD = 50, 20
#: By so much the learned score has to order better than the points.
BETTER_BY = 0.01


def verdict(
    *, trained: tuple[int, int], held: tuple[int, int], auc: float | None, auc_points: float | None
) -> Verdict:
    """Say whether a learned score is offered: `trained` and `held` are how many won and how many lost.

    Without a points model it has to order better than chance does, 0.5.
    """
    if min(trained) < LEAST_TRAINED or min(held) < LEAST_HELD or auc is None:
        return Verdict.TOO_FEW
    against = max(auc_points if auc_points is not None else 0.5, 0.5)
    return Verdict.OFFERED if auc >= against + BETTER_BY else Verdict.NO_BETTER


def paths_in(condition: Any) -> Iterator[list[str]]:
    """Give the fields of a condition, each with the links that lead to it."""
    if isinstance(condition, dict):
        for parts in condition.values():
            for part in parts:
                yield from paths_in(part)
    elif condition:
        yield str(condition[0]).replace("custom.", "custom_").split(".")


def names_in(condition: Any) -> Iterator[str]:
    """Name the fields of the lead itself in a condition."""
    return (path[0] for path in paths_in(condition))
