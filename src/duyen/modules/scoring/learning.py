"""Learn from leads how likely one becomes a customer, and measure how well. Plain values, no database.

Logistic regression with a ridge, solved by Newton's method (Hosmer, Lemeshow & Sturdivant, Applied Logistic
Regression, §1.2). Leads alike in all facts are one group with a count, so that the size of the base does not
matter, only how many kinds of lead there are.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

#: How strongly weights are drawn to 0: as if one more lead had contradicted each.
RIDGE = 1.0
_MOST_STEPS, _MOST_HALVINGS, _CLOSE = 40, 20, 1e-8
TENTHS = 10


@dataclass(frozen=True)
class Group:
    """Leads alike: the facts that hold of them, how many became customers, and how many were given up."""

    facts: frozenset[str]
    won: int
    lost: int

    @property
    def count(self) -> int:
        return self.won + self.lost


@dataclass(frozen=True)
class Learned:
    """What was learned: the weight of each fact in log-odds, and the share of leads of which it holds."""

    base: float
    weights: Mapping[str, float]
    shares: Mapping[str, float]

    def chance(self, facts: frozenset[str]) -> float:
        """Give how likely a lead with these facts becomes a customer, from 0 to 1."""
        return _chance(self.base + sum(self.weights.get(each, 0.0) for each in facts))

    def reasons(self, facts: frozenset[str]) -> list[tuple[str, float]]:
        """Give what each fact changes against a lead of which it is not known, the largest first.

        The change is one of the chance, from -1 to 1. A fact that does not hold counts too: it is missing.
        """
        whole = self.base + sum(self.weights.get(each, 0.0) for each in facts)
        told = []
        for fact, weight in self.weights.items():
            moved = weight * ((fact in facts) - self.shares[fact])
            told.append((fact, _chance(whole) - _chance(whole - moved)))
        return sorted(told, key=lambda each: (-abs(each[1]), each[0]))


def learn(groups: Sequence[Group]) -> Learned:
    """Learn the weights of all facts that occur in some groups, of which some won and some lost."""
    names = sorted({fact for each in groups for fact in each.facts})
    places = {name: place for place, name in enumerate(names, start=1)}
    rows = [([0, *sorted(places[fact] for fact in each.facts)], each.won, each.count) for each in groups]
    weights = [0.0] * (len(names) + 1)
    worth = _worth(rows, weights)
    for _step in range(_MOST_STEPS):
        step = _solve(*_slope(rows, weights))
        factor, moved = 1.0, [one + by for one, by in zip(weights, step, strict=True)]
        for _halving in range(_MOST_HALVINGS):
            if (reached := _worth(rows, moved)) >= worth:
                break
            factor /= 2
            moved = [one + factor * by for one, by in zip(weights, step, strict=True)]
        else:
            break
        is_close = reached - worth < _CLOSE * (abs(worth) + 1)
        weights, worth = moved, reached
        if is_close:
            break
    total = sum(each.count for each in groups)
    shares = {name: sum(each.count for each in groups if name in each.facts) / total for name in names}
    return Learned(weights[0], {name: weights[place] for name, place in places.items()}, shares)


_Rows = Sequence[tuple[list[int], int, int]]


def _chance(odds: float) -> float:
    if odds >= 0:
        return 1 / (1 + math.exp(-odds))
    return math.exp(odds) / (1 + math.exp(odds))


def _log_chance(odds: float) -> float:
    return -math.log1p(math.exp(-odds)) if odds >= 0 else odds - math.log1p(math.exp(odds))


def _worth(rows: _Rows, weights: Sequence[float]) -> float:
    """Give the log-likelihood less the ridge: what is made as large as it goes."""
    found = -RIDGE / 2 * sum(each * each for each in weights[1:])
    for places, won, count in rows:
        odds = sum(weights[place] for place in places)
        found += won * _log_chance(odds) + (count - won) * _log_chance(-odds)
    return found


def _slope(rows: _Rows, weights: Sequence[float]) -> tuple[list[list[float]], list[float]]:
    """Give the curvature and the slope at some weights."""
    size = len(weights)
    curve = [[0.0] * size for _row in range(size)]
    slope = [0.0, *(-RIDGE * each for each in weights[1:])]
    for place in range(1, size):
        curve[place][place] = RIDGE
    for places, won, count in rows:
        chance = _chance(sum(weights[place] for place in places))
        left, bend = won - count * chance, count * chance * (1 - chance)
        for one in places:
            slope[one] += left
            line = curve[one]
            for other in places:
                line[other] += bend
    curve[0][0] += 1e-9  # all alike and certain: the base stays where it is
    return curve, slope


def _solve(matrix: list[list[float]], right: list[float]) -> list[float]:
    """Solve linear equations by elimination, each time with the largest left."""
    lines = [[*line, value] for line, value in zip(matrix, right, strict=True)]
    size = len(lines)
    for place in range(size):
        best = max(range(place, size), key=lambda row: abs(lines[row][place]))
        lines[place], lines[best] = lines[best], lines[place]
        pivot = lines[place]
        for row in range(place + 1, size):
            factor = lines[row][place] / pivot[place]
            if factor:
                lines[row] = [one - factor * two for one, two in zip(lines[row], pivot, strict=True)]
    found = [0.0] * size
    for place in reversed(range(size)):
        line = lines[place]
        known = sum(line[other] * found[other] for other in range(place + 1, size))
        found[place] = (line[size] - known) / line[place]
    return found


# --- how well ------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Scored:
    """Leads with one and the same score: how many became customers, and how many were given up."""

    score: float
    won: int
    lost: int

    @property
    def count(self) -> int:
        return self.won + self.lost


@dataclass(frozen=True)
class Tenth:
    """A tenth of the leads, by their score: how many they are, what was foretold on average, what came."""

    count: int
    foretold: float
    came: float


def auc(scored: Sequence[Scored]) -> float | None:
    """Give how often one that won had the higher score than one that lost; equal ones count half.

    None where nobody won or nobody lost.
    """
    won, lost = sum(each.won for each in scored), sum(each.lost for each in scored)
    if not won or not lost:
        return None
    above, below = 0.0, 0
    for each in sorted(_joined(scored), key=lambda one: one.score):
        above += each.won * (below + each.lost / 2)
        below += each.lost
    return above / (won * lost)


def lift(scored: Sequence[Scored]) -> float | None:
    """Give how many times more often the tenth with the highest scores won than all did.

    Of leads with equal scores at the border of the tenth a fitting share counts. None where nobody won.
    """
    won, total = sum(each.won for each in scored), sum(each.count for each in scored)
    if not won:
        return None
    room = total / TENTHS
    reached = 0.0
    for each in sorted(_joined(scored), key=lambda one: -one.score):
        taken = min(room, each.count)
        reached += each.won * taken / each.count
        room -= taken
        if room <= 0:
            break
    return reached / (total / TENTHS) / (won / total)


def tenths(scored: Sequence[Scored]) -> list[Tenth]:
    """Divide leads by their score into tenths, the lowest first; equal scores stay together.

    A score is a chance here. A tenth to which nobody belongs is left out.
    """
    total, behind = sum(each.count for each in scored), 0
    parts: list[list[Scored]] = [[] for _tenth in range(TENTHS)]
    for each in sorted(_joined(scored), key=lambda one: one.score):
        middle = behind + each.count / 2
        parts[min(TENTHS - 1, int(middle * TENTHS / total))].append(each)
        behind += each.count
    return [_tenth(part) for part in parts if part]


def _tenth(part: Sequence[Scored]) -> Tenth:
    count = sum(each.count for each in part)
    foretold = sum(each.score * each.count for each in part) / count
    return Tenth(count, foretold, sum(each.won for each in part) / count)


def _joined(scored: Sequence[Scored]) -> list[Scored]:
    """Join those with equal scores."""
    found: dict[float, tuple[int, int]] = {}
    for each in scored:
        if each.count:
            won, lost = found.get(each.score, (0, 0))
            found[each.score] = (won + each.won, lost + each.lost)
    return [Scored(score, won, lost) for score, (won, lost) in found.items()]
