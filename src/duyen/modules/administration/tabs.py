"""What the tabs of units, users and roles show. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.registry import all_entities
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, FieldLevel, Reach
from duyen.foundation.org.models import DoorstepEvent, Position, UserSession
from duyen.foundation.org.queries import positions_of
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.kernel.clock import now, today
from duyen.modules.administration import queries

_MOST_EVENTS = 10


def people_of_unit(_actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """List who works in a unit today."""
    held = Position.objects.filter(
        Q(until=None) | Q(until__gte=today()), unit_id=row["id"], since__lte=today(), user__is_active=True
    )
    rows = held.order_by("user__name_key", "pk").values_list("user_id", "user__full_name", "role__name")
    return {"people": [{"id": pk, "name": name, "role": role} for pk, name, role in rows]}


def access_of_user(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Show the positions of a person and, to administrators, how she comes in."""
    may_change = actor.may("users", CHANGE)
    shown: dict[str, Any] = {
        "user_id": row["id"],
        "positions": positions_of(row["id"], with_past=True),
        "today": today(),
        "may_change": may_change,
        "is_active": row["is_active"],
        "events": [],
        "sessions": 0,
    }
    if not may_change:
        return shown
    events = DoorstepEvent.objects.filter(Q(user_id=row["id"]) | Q(email=row["email"])).order_by("-at", "-pk")
    listed = events.values_list("at", "what", "outcome", "address")[:_MOST_EVENTS]
    return shown | {
        "events": [
            {"at": at, "words": _words(what, outcome), "tone": _TONES[outcome], "address": address}
            for at, what, outcome, address in listed
        ],
        "sessions": UserSession.objects.filter(user_id=row["id"], expire_date__gt=now()).count(),
    }


_TONES: dict[str, str] = {
    Outcome.GOOD: "green",
    Outcome.WRONG: "amber",
    Outcome.REFUSED: "red",
    Outcome.TRIED: "gray",
}


def _words(what: str, outcome: str) -> str:
    """Say in words what happened at the door."""
    if what == Doorstep.SIGN_OUT:
        return _("Signed out")
    if what == Doorstep.ASK_RESET:
        return _("Asked for a new password")
    if what == Doorstep.USE_LINK:
        return _("Set a password by link") if outcome == Outcome.GOOD else _("Tried a password link")
    said = {
        Outcome.GOOD: _("Signed in"),
        Outcome.WRONG: _("Gave a wrong password"),
        Outcome.REFUSED: _("Was kept out after too many tries"),
        Outcome.TRIED: _("Tried to sign in"),
    }
    return said[Outcome(outcome)]


def rights_of_role(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Show the rights of a role: how far each verb of each entity reaches, and which fields are closed."""
    rights = queries.rights_of_role(row["id"])
    limits = queries.field_rights_of_role(row["id"])
    return {
        "role_id": row["id"],
        "version": row["version"],
        "may_change": actor.may("roles", CHANGE),
        "groups": [_rights_of(entity, rights, limits) for entity in all_entities()],
    }


def _levels(*, is_title: bool) -> list[dict[str, str]]:
    """List how far a field can be limited: the words by which a record is known stand on all its pages."""
    seen = [
        {"value": "", "label": _("see and change")},
        {"value": FieldLevel.READ.value, "label": _("see only")},
    ]
    return seen if is_title else [*seen, {"value": FieldLevel.HIDDEN.value, "label": _("hidden")}]


def _rights_of(
    entity: Entity,
    rights: Mapping[tuple[str, str], Reach],
    limits: Mapping[tuple[str, str], FieldLevel],
) -> dict[str, Any]:
    verbs = [
        {
            "name": f"right:{entity.name}:{each.verb}",
            "label": _(str(each.label)),
            "value": rights.get((entity.name, each.verb), ""),
        }
        for each in queries.verbs_of(entity)
    ]
    fields = [
        {
            "name": f"field:{entity.name}:{each.name}",
            "label": each.label,
            "value": limits.get((entity.name, each.name), ""),
            "levels": _levels(is_title=each.name == entity.title),
        }
        for each in entity.fields
    ]
    return {
        "label": entity.labels,
        "verbs": verbs,
        "fields": fields,
        "limited": sum(1 for each in fields if each["value"]),
        "reaches": _reaches(is_company_wide=entity.scope.is_company_wide),
    }


def _reaches(*, is_company_wide: bool) -> list[dict[str, str]]:
    none = {"value": "", "label": _("no")}
    if is_company_wide:
        return [none, {"value": Reach.ALL.value, "label": _("yes")}]
    return [
        none,
        {"value": Reach.OWN.value, "label": _("own records")},
        {"value": Reach.TEAM.value, "label": _("own unit")},
        {"value": Reach.AREA.value, "label": _("own area")},
        {"value": Reach.BRANCH.value, "label": _("own branch")},
        {"value": Reach.ALL.value, "label": _("whole company")},
    ]


def languages() -> list[dict[str, str]]:
    """List the languages that a person can choose."""
    return [{"value": code, "label": name} for code, name in settings.LANGUAGES]
