"""What follows from what people enter of a consent or its text, and what must hold of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext

from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import ZONE, now
from duyen.kernel.errors import FieldProblem
from duyen.modules.consents import queries, rules
from duyen.modules.parties.queries import standings

Row = Mapping[str, Any]
_OF_THE_TEXT = ("purpose", "data_kinds", "most", "per")


def complete_text(values: dict[str, Any], _actor: Actor) -> None:
    """Number the texts for a purpose."""
    values["edition"] = queries.next_edition(values["purpose"])


def judge_text(after: Row, _before: Row | None) -> Iterable[FieldProblem]:
    """Find what cannot stand in a text that asks for consent."""
    return _said(rules.problems_of_text(after))


def judge_rule(after: Row, _before: Row | None) -> Iterable[FieldProblem]:
    """Find what cannot stand in a rule of contact."""
    return _said(rules.problems_of_rule(after))


def complete_consent(values: dict[str, Any], _actor: Actor) -> None:
    """Take from the text what was agreed to, and from the party whose the consent is."""
    text, party = queries.text_of(values["text"]), standings([values["party"]]).get(values["party"])
    if text is not None:
        values |= {name: text[name] for name in _OF_THE_TEXT}
        day = values["given_at"].astimezone(ZONE).date()
        values["expires_on"] = rules.last_day(day, text["valid_months"])
    if party is not None:
        values["owner"], values["unit"] = party["owner_id"], party["unit_id"]


def judge_consent(after: Row, before: Row | None) -> Iterable[FieldProblem]:
    """Find what cannot stand in a new consent; what was agreed to never changes afterwards."""
    text = queries.text_of(after["text"]) if before is None else None
    if text is None:
        return ()
    found = rules.problems_of_consent(
        given_at=after["given_at"],
        at=now(),
        channels=set(after["channels"]),
        offered=set(text["channels"]),
    )
    return _said(found)


def _said(found: Iterable[FieldProblem]) -> Iterable[FieldProblem]:
    return (FieldProblem(each.field, each.code, gettext(str(each.message))) for each in found)
