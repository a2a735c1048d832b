"""When an answer keeps a suggestion away, and what an answer may say. Pure."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

from duyen.entities.words import Verdict
from duyen.kernel.text import clean

#: A suggestion is put off for so long at most, and a reason is so long at most.
MOST_DAYS, LONGEST_REASON, LONGEST_FACTS = 366, 300, 120


@dataclass(frozen=True)
class Answered:
    """What somebody said to a suggestion about one record."""

    verdict: Verdict
    facts: str
    until: dt.date | None = None


def is_kept_away(answer: Answered | None, *, facts: str, day: dt.date) -> bool:
    """Tell whether an answer still keeps a suggestion away.

    What was taken or dismissed comes back with other facts; what was put off on its day, whatever the facts.
    """
    if answer is None:
        return False
    if answer.verdict == Verdict.PUT_OFF:
        return answer.until is not None and day < answer.until
    return answer.facts == facts[:LONGEST_FACTS]


def problem_of_day(until: dt.date | None, *, day: dt.date) -> str:
    """Name what is wrong with the day until which something is put off: missing, past, far; or nothing."""
    if until is None:
        return "missing"
    if until <= day:
        return "past"
    return "far" if (until - day).days > MOST_DAYS else ""


def problem_of_reason(reason: str) -> str:
    """Name what is wrong with the reason for dismissing: missing, long; or nothing."""
    said = clean(reason)
    if not said:
        return "missing"
    return "long" if len(said) > LONGEST_REASON else ""


def facts_of(*parts: object) -> str:
    """Write the facts behind a suggestion in short, so that the same ones read the same."""
    return "|".join("" if each is None else str(each) for each in parts)[:LONGEST_FACTS]


def most_pressing(weights: Iterable[tuple[int, str, int]], limit: int) -> list[tuple[int, str, int]]:
    """Put (weight, rule, record) in order: the heaviest first, one of each rule before a second of any."""
    seen: dict[str, int] = {}
    ranked = []
    for weight, rule, record_id in sorted(weights, key=lambda each: (-each[0], each[1], each[2])):
        turn = seen[rule] = seen.get(rule, 0) + 1
        ranked.append((turn, -weight, rule, record_id))
    return [(-negative, rule, record_id) for _turn, negative, rule, record_id in sorted(ranked)][:limit]
