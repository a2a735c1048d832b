"""Take a suggestion, put it off until a day, or dismiss it with a reason; take such an answer back."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import InvalidValues, NotFound
from duyen.entities.history import name_verbs
from duyen.entities.merging.declared import Hanging, Same
from duyen.entities.merging.hangings import hang_by_name
from duyen.entities.models import SuggestionAnswer
from duyen.entities.suggesting.declared import Found, Rule, Taken
from duyen.entities.suggesting.finding import find_one
from duyen.entities.suggesting.rules import (
    LONGEST_FACTS,
    LONGEST_REASON,
    MOST_DAYS,
    problem_of_day,
    problem_of_reason,
)
from duyen.entities.trail_lines import name_families
from duyen.entities.words import Verdict
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now, today
from duyen.kernel.errors import DomainError, FieldProblem
from duyen.kernel.text import clean

name_verbs(
    {
        "suggestions.take": _("Suggestion taken"),
        "suggestions.put_off": _("Suggestion put off"),
        "suggestions.dismiss": _("Suggestion dismissed"),
        "suggestions.withdraw": _("Answer to a suggestion taken back"),
    }
)
name_families({"suggestion_answers": _("Answer to a suggestion")})
hang_by_name(
    Hanging(
        SuggestionAnswer,
        ("record_id",),
        _("Answers to suggestions"),
        named="entity",
        same=[Same(("user_id", "rule", "entity", "record_id"))],
        is_told=False,
    )
)

_DAY_PROBLEMS = {
    "missing": _("Say until which day, such as +7 or 31/12/2026."),
    "past": _("Choose a day after today."),
    "far": _("Choose a day within the next %(most)s days."),
}
_REASON_PROBLEMS = {
    "missing": _("Say why, so that your manager understands it."),
    "long": _("Too long: shorten it to %(most)s characters."),
}


class NotSuggested(DomainError):
    """The facts changed meanwhile: nothing suggests this any more."""

    code = "not_suggested"
    sentence = _("This is not suggested any more: its facts changed. Load the page again.")


def take(actor: Actor, rule_name: str, record_id: int) -> tuple[Rule, Taken]:
    """Do what a suggestion says. Raises NotSuggested, and what doing it raises."""
    with transaction.atomic():
        rule, found = _held(actor, rule_name, record_id)
        if rule.take is None:
            return rule, Taken(url=found.url)
        taken = rule.take(actor, found)
        trail.begin(actor, "suggestions.take")
        _keep(actor, rule, found, Verdict.TAKEN)
    return rule, taken


def put_off(actor: Actor, rule_name: str, record_id: int, *, until: dt.date | None) -> None:
    """Let a suggestion rest until a day. Raises NotSuggested, InvalidValues."""
    problem = problem_of_day(until, day=today())
    if problem:
        raise _invalid("until", problem, str(_DAY_PROBLEMS[problem]) % {"most": MOST_DAYS})
    with transaction.atomic():
        rule, found = _held(actor, rule_name, record_id)
        trail.begin(actor, "suggestions.put_off")
        _keep(actor, rule, found, Verdict.PUT_OFF, until=until)


def dismiss(actor: Actor, rule_name: str, record_id: int, *, reason: str) -> None:
    """Say that a suggestion is not to be followed, and why. Raises NotSuggested, InvalidValues."""
    problem = problem_of_reason(reason)
    if problem:
        raise _invalid("reason", problem, str(_REASON_PROBLEMS[problem]) % {"most": LONGEST_REASON})
    with transaction.atomic():
        rule, found = _held(actor, rule_name, record_id)
        trail.begin(actor, "suggestions.dismiss")
        _keep(actor, rule, found, Verdict.DISMISSED, reason=clean(reason))


def withdraw(actor: Actor, answer_id: int) -> None:
    """Take one of the actor's own answers back, so that the suggestion may come again. Raises NotFound."""
    with transaction.atomic():
        trail.begin(actor, "suggestions.withdraw")
        gone, _by_model = SuggestionAnswer.objects.filter(pk=answer_id, user_id=actor.user_id or 0).delete()
        if not gone:
            raise NotFound


def _held(actor: Actor, rule_name: str, record_id: int) -> tuple[Rule, Found]:
    found = find_one(actor, rule_name, record_id)
    if found is None:
        raise NotSuggested
    return found


def _keep(
    actor: Actor,
    rule: Rule,
    found: Found,
    verdict: Verdict,
    *,
    until: dt.date | None = None,
    reason: str = "",
) -> None:
    SuggestionAnswer.objects.update_or_create(
        user_id=actor.user_id or 0,
        rule=rule.name,
        entity=rule.entity,
        record_id=found.record_id,
        defaults={
            "facts": found.facts[:LONGEST_FACTS],
            "verdict": verdict,
            "until": until,
            "reason": reason,
            "at": now(),
        },
    )


def _invalid(field: str, code: str, message: str) -> InvalidValues:
    return InvalidValues([FieldProblem(field, code, message)])
