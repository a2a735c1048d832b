"""Rules that find what should be done next. The module that owns the facts contributes them.

    contribute_rules(
        Rule("activities.quiet", _("Customers not contacted for long"), quiet_customers, entity="customers",
             icon="phone", tone="red", threshold="suggestions.quiet_days",
             explains=_("You own the customer, and the last contact is %(number)s days ago or more."),
             take=plan_a_call, take_label=_("Plan a call")),
    )

A rule finds its records by one statement, the most pressing first, and of each tells the facts that it rests
on: what was dismissed comes back when these are others, and not before.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor


class Manner(StrEnum):
    """A suggestion is something to do; an alert is something that is wrong or about to be."""

    SUGGESTION = "suggestion"
    ALERT = "alert"


@dataclass(frozen=True)
class Ask:
    """Whose suggestions a rule is to find: how many, with which threshold, or whether one still holds.

    With `only` the rule looks at that record alone.
    """

    actor: Actor
    day: dt.date
    number: int
    limit: int
    only: int | None = None


@dataclass(frozen=True)
class Found:
    """One suggestion: what to do with which record, why in a sentence with its number, how pressing it is.

    `record_id` is 0 where it is about no record. `facts` are what it rests on, in at most 120 signs.
    `url` opens what it is about; `name` is the record's, `aside` a figure beside the buttons.
    """

    record_id: int
    title: str
    why: str
    facts: str
    weight: int
    url: str = ""
    name: str = ""
    aside: str = ""


@dataclass(frozen=True)
class Taken:
    """What taking a suggestion came to: a sentence, how to undo it, or the address to go on at."""

    text: str = ""
    operation_id: int | None = None
    url: str = ""


@dataclass(frozen=True)
class Rule:
    """One rule. `threshold` is the setting that holds its number, `explains` says the rule with it.

    `entity` names whose records it is about, nothing where it is about none. With `take` the button does it
    at once; without, it opens the address that `find` gave. `fits` says by rights who is asked for it.
    """

    name: str
    label: Label
    find: Callable[[Ask], list[Found]]
    explains: Label
    entity: str = ""
    icon: str = "sparkles"
    tone: str = "blue"
    manner: Manner = Manner.SUGGESTION
    threshold: str = ""
    take: Callable[[Actor, Found], Taken] | None = None
    take_label: Label = ""
    fits: Callable[[Actor], bool] = lambda _actor: True

    def explained(self, number: int) -> str:
        """Say the rule with the number that holds now."""
        return str(self.explains) % {"number": number} if self.threshold else str(self.explains)


_rules: dict[str, Rule] = {}


class TwiceContributed(ValueError):
    """Two parts contribute a rule of the same name."""


def contribute_rules(*rules: Rule) -> None:
    """Let these rules suggest. Raises TwiceContributed."""
    for each in rules:
        if each.name in _rules:
            raise TwiceContributed(each.name)
        _rules[each.name] = each


def rule_named(name: str) -> Rule | None:
    """Find a rule."""
    return _rules.get(name)


def rules_for(actor: Actor, manner: Manner | None = None) -> list[Rule]:
    """List the rules that are asked for somebody."""
    return [each for each in _rules.values() if manner in (None, each.manner) and each.fits(actor)]


def all_rules() -> list[Rule]:
    """List every rule."""
    return list(_rules.values())


#: A found suggestion with its rule.
Suggestion = tuple[Rule, Found]
#: Numbers of thresholds by the key of their setting.
Numbers = dict[str, Any]
