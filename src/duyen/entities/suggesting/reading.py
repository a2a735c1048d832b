"""What was answered to suggestions: by oneself, and for whoever leads others by them, with their reasons."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet

from duyen.entities.fields import LinkedRecord
from duyen.entities.labels import labels
from duyen.entities.models import SuggestionAnswer
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.suggesting.declared import Rule, all_rules, rule_named
from duyen.entities.words import Verdict
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import HAND_OVER


@dataclass(frozen=True)
class AnswerSeen:
    """One answer: who said what, when, about which record, and why."""

    id: int
    rule: Rule
    record_id: int
    record: LinkedRecord | None
    who: str
    verdict: Verdict
    until: dt.date | None
    reason: str
    at: dt.datetime
    is_mine: bool


def leads_others(actor: Actor) -> bool:
    """Tell whether somebody leads others: she may hand over records of whole units, or of everybody."""
    return bool(_led(actor))


def answers_seen(
    actor: Actor, *, others: bool = False, verdict: str = "", before: int | None = None, limit: int = 50
) -> list[AnswerSeen]:
    """List answers, the newest first: one's own, or those of others about records that one leads.

    Gives one more than `limit` where there are more. A record counts as led where the actor may hand it over.
    """
    rows = _of_others(actor) if others else SuggestionAnswer.objects.filter(user_id=actor.user_id or 0)
    if verdict in {each.value for each in Verdict}:
        rows = rows.filter(verdict=verdict)
    if before is not None:
        rows = rows.filter(pk__lt=before)
    found = list(rows.select_related("user").order_by("-pk")[: limit + 1])
    named = _named(actor, found)
    return [
        AnswerSeen(
            each.pk,
            rule,
            each.record_id,
            named.get((each.entity, each.record_id)),
            each.user.full_name,
            Verdict(each.verdict),
            each.until,
            each.reason,
            each.at,
            each.user_id == actor.user_id,
        )
        for each in found
        if (rule := rule_named(each.rule)) is not None
    ]


def _led(actor: Actor) -> list[str]:
    """Name the entities of rules whose records in whole units the actor may hand over."""
    wanted = {each.entity for each in all_rules() if each.entity}
    found = []
    for name in sorted(wanted & {each.name for each in all_entities()}):
        facts = actor.scope(name, HAND_OVER)
        if facts.everything or facts.units:
            found.append(name)
    return found


def _of_others(actor: Actor) -> QuerySet[SuggestionAnswer]:
    led = Q(pk__in=[])
    for name in _led(actor):
        entity = entity_named(name)
        led |= Q(entity=name, record_id__in=entity.rows(actor, HAND_OVER).values("pk"))
    return SuggestionAnswer.objects.filter(led).exclude(user_id=actor.user_id or 0)


def _named(actor: Actor, found: Sequence[SuggestionAnswer]) -> dict[tuple[str, int], LinkedRecord]:
    ids: dict[str, set[int]] = {}
    for each in found:
        if each.record_id and each.entity:
            ids.setdefault(each.entity, set()).add(each.record_id)
    told: Iterable[tuple[tuple[str, int], LinkedRecord]] = (
        ((name, record_id), record)
        for name, wanted in ids.items()
        for record_id, record in labels(actor, entity_named(name), wanted).items()
    )
    return dict(told)
