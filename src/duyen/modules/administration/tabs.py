"""What the tabs of units, users and roles show. Reads only."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_noop

from duyen.entities.entity import Entity
from duyen.entities.registry import all_entities
from duyen.entities.rights import REACH_LABELS, verbs_of
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.looking import looks_at
from duyen.foundation.access.words import CHANGE, EXPLAIN, VIEW_AS, FieldLevel, Reach
from duyen.foundation.jobs.models import JobState
from duyen.foundation.jobs.running import UNFINISHED
from duyen.foundation.org.absences import absences_of, deputyships_of
from duyen.foundation.org.invitations import address_for_mail, latest_link
from duyen.foundation.org.models import DoorstepEvent, Position
from duyen.foundation.org.queries import positions_of
from duyen.foundation.org.second_factor import standing_of
from duyen.foundation.org.sessions import sessions_of
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.kernel.clock import today
from duyen.modules.administration import queries
from duyen.modules.administration.moving import last_moving_job
from duyen.modules.administration.rights_before import rights_before

_MOST_EVENTS = 10


def people_of_unit(_actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """List who works in a unit today."""
    held = Position.objects.filter(
        Q(until=None) | Q(until__gte=today()), unit_id=row["id"], since__lte=today(), user__is_active=True
    )
    rows = held.order_by("user__name_key", "pk").values_list("user_id", "user__full_name", "role__name")
    return {"people": [{"id": pk, "name": name, "role": role} for pk, name, role in rows]}


def moving_of_unit(_actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Tell how far the work is that moves what the unit holds, or that it was stopped on the way."""
    job = last_moving_job(row["id"]) if row["is_active"] else None
    if job is None or job.state == JobState.DONE:
        return {}
    return {"job": job, "is_over": job.state not in UNFINISHED}


def access_of_user(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Show the positions of a person and, to administrators, how she comes in."""
    may_change = actor.may("users", CHANGE)
    shown: dict[str, Any] = {
        "user_id": row["id"],
        "positions": positions_of(row["id"], with_past=True),
        "today": today(),
        "may_change": may_change,
        "may_explain": actor.may("users", EXPLAIN),
        "may_view_as": actor.may("users", VIEW_AS) and row["is_active"] and row["id"] != actor.user_id,
        "looks": looks_at(row["id"]),
        "is_active": row["is_active"],
        "events": [],
        "sessions": [],
        "standing": None,
        "link": None,
        "can_mail": False,
    }
    if not may_change:
        return shown
    events = DoorstepEvent.objects.filter(Q(user_id=row["id"]) | Q(email=row["email"])).order_by("-at", "-pk")
    listed = events.values_list("at", "what", "outcome", "address", "by__full_name")[:_MOST_EVENTS]
    return shown | {
        "events": [
            {
                "at": at,
                "words": words_at_the_door(what, outcome, by),
                "tone": DOOR_TONES[outcome],
                "address": address,
            }
            for at, what, outcome, address, by in listed
        ],
        "sessions": sessions_of(row["id"]),
        "standing": standing_of(row["id"]),
        "link": latest_link(row["id"]),
        "can_mail": bool(address_for_mail()),
    }


def absence_of_user(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Show when a person is away, who stands in, and for whom she stands in herself."""
    return {
        "user_id": row["id"],
        "absences": absences_of(row["id"]),
        "deputyships": deputyships_of(row["id"]),
        "may_change": actor.may("users", CHANGE),
    }


DOOR_TONES: dict[str, str] = {
    Outcome.GOOD: "green",
    Outcome.WRONG: "amber",
    Outcome.REFUSED: "red",
    Outcome.TRIED: "gray",
    Outcome.HALF: "gray",
}


def words_at_the_door(what: str, outcome: str, by: str | None = None) -> str:
    """Say in words what happened at the door; `by` is who ended somebody's session."""
    if what == Doorstep.ENDED:
        return _("Signed out by %(name)s") % {"name": by} if by else _("Signed out by the system")
    return _(_DOORSTEP.get((what, outcome)) or _DOORSTEP[what, Outcome.TRIED])


#: What happened, by what it was and what came of it; where a row is missing, that of TRIED stands for it.
_DOORSTEP: dict[tuple[str, str], str] = {
    (Doorstep.SIGN_IN, Outcome.GOOD): gettext_noop("Signed in"),
    (Doorstep.SIGN_IN, Outcome.HALF): gettext_noop("Gave the right password"),
    (Doorstep.SIGN_IN, Outcome.WRONG): gettext_noop("Gave a wrong password"),
    (Doorstep.SIGN_IN, Outcome.REFUSED): gettext_noop("Was kept out after too many tries"),
    (Doorstep.SIGN_IN, Outcome.TRIED): gettext_noop("Tried to sign in"),
    (Doorstep.SIGN_OUT, Outcome.TRIED): gettext_noop("Signed out"),
    (Doorstep.SET_UP, Outcome.TRIED): gettext_noop("Tried to sign in"),
    (Doorstep.ASK_RESET, Outcome.TRIED): gettext_noop("Asked for a new password"),
    (Doorstep.USE_LINK, Outcome.GOOD): gettext_noop("Set a password by link"),
    (Doorstep.USE_LINK, Outcome.TRIED): gettext_noop("Tried a password link"),
    (Doorstep.CODE, Outcome.GOOD): gettext_noop("Gave the right code"),
    (Doorstep.CODE, Outcome.WRONG): gettext_noop("Gave a wrong code"),
    (Doorstep.CODE, Outcome.REFUSED): gettext_noop("Was kept out after too many wrong codes"),
    (Doorstep.CODE, Outcome.TRIED): gettext_noop("Tried a code"),
    (Doorstep.CONFIRM, Outcome.GOOD): gettext_noop("Confirmed the password"),
    (Doorstep.CONFIRM, Outcome.WRONG): gettext_noop("Confirmed with a wrong password"),
    (Doorstep.CONFIRM, Outcome.REFUSED): gettext_noop("Was kept from confirming after too many tries"),
    (Doorstep.CONFIRM, Outcome.TRIED): gettext_noop("Tried to confirm the password"),
}


def rights_of_role(actor: Actor, row: Mapping[str, Any]) -> dict[str, Any]:
    """Show the rights of a role: how far each verb of each entity reaches, and which fields are closed."""
    form = rights_form(actor, row, queries.rights_of_role(row["id"]), queries.field_rights_of_role(row["id"]))
    return form | {"before": rights_before(row["id"]) if form["may_change"] else None}


def rights_form(
    actor: Actor,
    row: Mapping[str, Any],
    rights: Mapping[tuple[str, str], Reach],
    limits: Mapping[tuple[str, str], FieldLevel],
) -> dict[str, Any]:
    """Give what the form of a role's rights shows, as they are kept or as they were just chosen."""
    return {
        "role_id": row["id"],
        "version": row["version"],
        "may_change": actor.may("roles", CHANGE),
        "before": None,
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
            "label": each.label,
            "value": rights.get((entity.name, each.verb), ""),
        }
        for each in verbs_of(entity)
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


def _reaches(*, is_company_wide: bool) -> list[dict[str, Any]]:
    none = {"value": "", "label": _("no")}
    if is_company_wide:
        return [none, {"value": Reach.ALL.value, "label": _("yes")}]
    return [none, *({"value": reach.value, "label": label} for reach, label in REACH_LABELS.items())]


def languages() -> list[dict[str, str]]:
    """List the languages that a person can choose."""
    return [{"value": code, "label": name} for code, name in settings.LANGUAGES]
