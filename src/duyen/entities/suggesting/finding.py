"""Find what one person should do next: one statement for each rule, whatever the number of records."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from duyen.entities.models import SuggestionAnswer
from duyen.entities.suggesting.declared import Ask, Found, Manner, Rule, rule_named, rules_for
from duyen.entities.suggesting.rules import Answered, is_kept_away, most_pressing
from duyen.entities.words import Verdict
from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.company import settings_of
from duyen.kernel.clock import today

#: So many answers of one rule are looked past; somebody who dismissed more sees fewer suggestions of it.
_MOST_ANSWERS = 500


@dataclass(frozen=True)
class Suggested:
    """What is suggested: the first ones, and how many there are of those that were found."""

    shown: list[tuple[Rule, Found]]
    count: int
    is_more: bool


def suggested(actor: Actor, *, manner: Manner, limit: int) -> Suggested:
    """Find the most pressing suggestions of one manner for somebody."""
    rules = rules_for(actor, manner)
    if actor.user_id is None or not rules:
        return Suggested([], 0, is_more=False)
    answers, numbers = _answers(actor.user_id, rules), numbers_of(rules)
    held: dict[tuple[str, int], tuple[Rule, Found]] = {}
    is_more = False
    for rule in rules:
        said = answers.get(rule.name, {})
        ask = Ask(actor, today(), numbers[rule.name], limit + 1 + len(said))
        found = [each for each in rule.find(ask) if not _is_away(said, each)]
        is_more = is_more or len(found) > limit
        held |= {(rule.name, each.record_id): (rule, each) for each in found[:limit]}
    weighed = [(found.weight, name, record_id) for (name, record_id), (_rule, found) in held.items()]
    first = most_pressing(weighed, limit)
    shown = [held[name, record_id] for _weight, name, record_id in first]
    return Suggested(shown, len(held), is_more)


def find_one(actor: Actor, rule_name: str, record_id: int) -> tuple[Rule, Found] | None:
    """Find one suggestion again, as it holds now for the actor: before it is taken or answered."""
    rule = rule_named(rule_name)
    if rule is None or not rule.fits(actor):
        return None
    number = numbers_of([rule])[rule.name]
    found = rule.find(Ask(actor, today(), number, 1, only=record_id))
    one = next((each for each in found if each.record_id == record_id), None)
    return (rule, one) if one else None


def numbers_of(rules: Iterable[Rule]) -> dict[str, int]:
    """Give the threshold of each rule by its name, 0 where it has none: one question for all."""
    told = list(rules)
    kept = settings_of(*{each.threshold for each in told if each.threshold})
    return {each.name: int(kept[each.threshold]) if each.threshold else 0 for each in told}


def _is_away(said: Mapping[int, Answered], found: Found) -> bool:
    return is_kept_away(said.get(found.record_id), facts=found.facts, day=today())


def _answers(user_id: int, rules: Iterable[Rule]) -> dict[str, dict[int, Answered]]:
    """Read what somebody answered, by rule and record: one question."""
    rows = SuggestionAnswer.objects.filter(user_id=user_id, rule__in=[each.name for each in rules])
    found: dict[str, dict[int, Answered]] = {}
    told = rows.order_by("-at", "-pk").values_list("rule", "record_id", "verdict", "facts", "until")
    for rule, record_id, verdict, facts, until in told[: _MOST_ANSWERS * 4]:
        of_rule = found.setdefault(rule, {})
        if len(of_rule) < _MOST_ANSWERS:
            of_rule[record_id] = Answered(Verdict(verdict), facts, until)
    return found
