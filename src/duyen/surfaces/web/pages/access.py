"""Who may do what with one record, and why: the page that answers “why can she not see this?”."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode, urlsplit

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.explaining import (
    Explained,
    Names,
    RecordPlace,
    explain_record,
    names_for,
    place_of,
    refuse_the_curious,
    rights_held,
)
from duyen.entities.fields import Label
from duyen.entities.labels import labels
from duyen.entities.linking import find_linkable, typed_linkable
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.rights import REACH_LABELS
from duyen.entities.search import Hit, search_all
from duyen.entities.seeing import ORDER, Seer, Seers, people_with, roles_opening, who_sees
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import (
    CHANGE,
    DELETE,
    EXPLAIN,
    HAND_OVER,
    READ,
    SHARE,
    FieldLevel,
    Reach,
    Why,
)
from duyen.foundation.org.models import User
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.addresses import access_url, options_url, record_url, step_url
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

_ADDRESS = re.compile(r"(?:^|/)([a-z_-]+)/(\d{1,18})(?:/|$)")
_LONGEST, _MOST_FOUND, _MOST_NAMED = 200, 8, 3
#: Rights on people whose holders find the page in the navigation, and ask about every record.
PAGE = "/access"


@dataclass(frozen=True)
class Hint:
    """One way to open what is closed; with an address for those who may go it."""

    text: str
    url: str = ""


@dataclass(frozen=True)
class Line:
    """One right on the record: yes or no, and why."""

    label: Label
    may: bool
    reasons: Sequence[str]
    missing: Sequence[str]
    steps: str


@dataclass(frozen=True)
class Group:
    """People who see the record for the same reason."""

    label: Label
    people: Sequence[dict[str, Any]]


@page
def access(request: ActorRequest) -> HttpResponse:
    """Ask for a person and a record; explain what that person may do, or list who sees the record."""
    actor = request.actor
    person, who_problem = _person(request)
    place, found, problem = _record(request)
    refuse_the_curious(actor, place, person.pk if person else None)
    context: dict[str, Any] = _form(request, place, person) | {
        "found": [_choice(hit, person) for hit in found],
        "problem": problem,
        "who_problem": who_problem,
        "told": None,
        "seen": None,
        "holds": _holds(person) if person is not None and place is None and not found else None,
        "record": _record_shown(actor, place) if place else None,
        "crumbs": [Crumb(_("Access"))],
    }
    if place is not None and person is not None:
        context["told"] = _told(actor, explain_record(place, person.pk))
    elif place is not None and not who_problem:
        context["seen"] = _seen(actor, place, request.GET.get("q", "").strip()[:_LONGEST])
    return render(request, "derived/access.html", context, status=422 if problem or who_problem else 200)


# --- what is asked -------------------------------------------------------------------------------------


def _person(request: ActorRequest) -> tuple[User | None, str]:
    """Find the person who was chosen or typed, or say why not: typed in vain she is not “nobody”."""
    chosen, typed = request.GET.get("who", ""), request.GET.get("who_text", "").strip()
    ids = [int(chosen)] if chosen.isdecimal() and len(chosen) < 19 else []
    if not ids and typed:
        ids, problem = _typed(request.actor, typed[:_LONGEST])
        if problem:
            return None, problem
    if not ids:
        return None, ""
    found = User.objects.filter(pk=ids[0]).order_by("pk").first()
    if found is None:
        raise NotFound
    return found, ""


def _typed(actor: Actor, typed: str) -> tuple[list[int], str]:
    """Find whose whole name was typed, or else the only one whom the words find."""
    users = entity_named("users")
    ids = typed_linkable(users, actor, typed) or [
        each.id for each in find_linkable(users, actor, typed, limit=2)
    ]
    if not ids:
        return [], _("Nobody has this name or e-mail. Choose one from the list.")
    return ids, _("Several people are called so. Choose one from the list.") if len(ids) > 1 else ""


def _record(request: ActorRequest) -> tuple[RecordPlace | None, Sequence[Hit], str]:
    """Find the record that is asked about: by entity and id, by an address, a code, or words.

    Who may explain finds any record by its code: what is told of it is where it stands, never its words.
    Others find those they see, and learn of no other whether its code exists.
    """
    named, given = request.GET.get("entity", ""), request.GET.get("record", "")
    if named and given.isdecimal() and len(given) < 19:
        return place_of(_entity(named), int(given)), (), ""
    text = request.GET.get("what", "").strip()[:_LONGEST]
    if not text:
        return None, (), ""
    address = _ADDRESS.search(urlsplit(text).path)
    if address:
        return place_of(_entity(address[1]), int(address[2])), (), ""
    for entity in _with_codes():
        rows = entity.rows(request.actor, deleted=None)
        if request.actor.may("users", EXPLAIN):
            rows = entity.model._default_manager.filter(entity.kind.q)
        ids = list(rows.filter(code=text.upper()).order_by("pk").values_list("pk", flat=True)[:2])
        if ids:
            return place_of(entity, ids[0]), (), ""
    hits = search_all(text, actor=request.actor, limit=_MOST_FOUND)
    if len(hits) == 1:
        return place_of(entity_named(hits[0].entity), hits[0].id), (), ""
    if hits:
        return None, hits, ""
    return None, (), _("No record has this code or address. By name only records that you see are found.")


def _entity(name: str) -> Entity:
    try:
        return entity_named(name)
    except KeyError as error:
        raise NotFound from error


def _with_codes() -> list[Entity]:
    return [each for each in all_entities() if "code" in each.by_name and not each.scope.is_company_wide]


def _choice(hit: Hit, person: User | None) -> dict[str, Any]:
    entity = entity_named(hit.entity)
    return {
        "label": hit.label,
        "note": hit.code,
        "icon": entity.icon,
        "url": access_url(entity, hit.id, who=person.pk if person else None),
    }


def _form(request: ActorRequest, place: RecordPlace | None, person: User | None) -> dict[str, Any]:
    users = entity_named("users")
    return {
        "users_url": options_url(users),
        "who": person.pk if person else "",
        "who_name": person.full_name if person else request.GET.get("who_text", "")[:_LONGEST],
        "what": request.GET.get("what", "")[:_LONGEST] or (_code_of(place) if place else ""),
        "may_choose": request.actor.may("users", EXPLAIN),
        "action": PAGE,
    }


def _code_of(place: RecordPlace) -> str:
    """Give what finds the record again: its code, or its address."""
    return str(place.row.get("code") or record_url(place.entity, place.standing.record_id))


def _record_shown(actor: Actor, place: RecordPlace) -> dict[str, Any]:
    """Show where the record stands, and its name to whoever may read it."""
    named = labels(actor, place.entity, [place.standing.record_id])[place.standing.record_id]
    names = names_for(actor, place)
    facts: list[dict[str, Any]] = [
        {"label": _("Kind"), "value": place.entity.label},
        {"label": _("Code"), "value": place.row.get("code") or "—"},
    ]
    if not place.entity.scope.is_company_wide:
        facts.append({"label": _("Unit"), "value": names.place(place.standing.unit_id)})
        facts.append({"label": _("Owner"), "value": names.owner or _("nobody")})
    is_seen = named.label and actor.explain(place.entity.name, READ, place.standing, bars=place.bars).is_open
    return {
        "title": named.label or place.row.get("code") or f"{place.entity.label} {place.standing.record_id}",
        "url": record_url(place.entity, place.standing.record_id) if is_seen else "",
        "facts": facts,
        "is_in_bin": place.is_in_bin,
        "access_url": access_url(place.entity, place.standing.record_id),
        "entity": place.entity.name,
        "id": place.standing.record_id,
    }


# --- one person ----------------------------------------------------------------------------------------


def _told(actor: Actor, told: Explained) -> dict[str, Any]:
    person, place = told.person, told.place
    reads, changes = told.verdict(READ), told.verdict(CHANGE)
    words = {"name": person.full_name}
    if changes.may:
        headline, tone = _("%(name)s sees this record and may change it.") % words, "green"
    elif reads.may:
        headline, tone = _("%(name)s sees this record and may not change it.") % words, "amber"
    else:
        headline, tone = _("%(name)s does not see this record.") % words, "red"
    return {
        "name": person.full_name,
        "user_url": record_url(entity_named("users"), person.pk) if actor.may("users", READ) else "",
        "headline": headline,
        "tone": tone,
        "is_active": person.is_active,
        "positions": told.positions,
        "lines": [
            Line(each.label, each.may, each.reasons, each.missing, ", ".join(str(s) for s in each.steps))
            for each in told.verdicts
        ],
        "hidden": [each for each in told.limits if each.level is FieldLevel.HIDDEN],
        "closed": [each for each in told.limits if each.level is not FieldLevel.HIDDEN],
        "hints": [] if changes.may else _hints(actor, told, READ if not reads.may else CHANGE),
        "place": place,
    }


def _holds(person: User) -> dict[str, Any]:
    """Show what a person may do at all, by kind of record."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for each in rights_held(person):
        line = {"label": each.label, "by": each.by}
        groups.setdefault(str(each.entity.labels), []).append(line)
    return {"name": person.full_name, "is_active": person.is_active, "groups": list(groups.items())}


def _hints(actor: Actor, told: Explained, verb: str) -> list[Hint]:
    """Say what would open the record: for those who may do it with a link, else with whom to ask."""
    place, person = told.place, told.person
    users = entity_named("users")
    if not person.is_active:
        return [
            _hint(_("Unlock the account."), step_url(users, person.pk, "unlock"), actor.may("users", CHANGE))
        ]
    if place.is_in_bin:
        return [
            Hint(_("Restore it from the bin: %(who)s.") % {"who": _who_may(place, DELETE)}),
        ]
    if place.bars:
        return [
            Hint(
                _("Ask about it as: %(kind)s.") % {"kind": each.label},
                access_url(each, place.standing.record_id, who=person.pk),
            )
            for each in place.others
        ]
    return [*_by_one_record(actor, told, verb), *_by_position(actor, told, verb)]


def _by_one_record(actor: Actor, told: Explained, verb: str) -> list[Hint]:
    place, names = told.place, told.names
    if place.standing.is_company_wide:
        return []
    words = {"name": told.person.full_name}
    found = [
        _step_hint(actor, place, SHARE, _("Share this record with %(name)s.") % words),
    ]
    if (
        told.verdict(verb).explanation.short
        and place.entity.has_owner
        and names.owner != told.person.full_name
    ):
        found.append(_step_hint(actor, place, HAND_OVER, _("Hand this record over to %(name)s.") % words))
    return found


def _step_hint(actor: Actor, place: RecordPlace, verb: str, text: str) -> Hint:
    is_open = all(actor.explain(place.entity.name, each, place.standing).is_open for each in (READ, verb))
    if is_open:
        return Hint(text, step_url(place.entity, place.standing.record_id, verb))
    who = _who_may(place, verb)
    return Hint(_("%(step)s Who may do it: %(who)s.") % {"step": text, "who": who})


def _who_may(place: RecordPlace, verb: str) -> str:
    people = people_with(place, verb).order_by("name_key", "pk").values_list("full_name", flat=True)
    named = list(people[: _MOST_NAMED + 1])
    if not named:
        return _("nobody at present")
    shown = ", ".join(named[:_MOST_NAMED])
    return _("%(names)s and others") % {"names": shown} if len(named) > _MOST_NAMED else shown


def _by_position(actor: Actor, told: Explained, verb: str) -> list[Hint]:
    """Say which roles in the record's own unit would open it, those that the person has already first."""
    place, names = told.place, told.names
    has = {each.role_id for each in told.positions if not each.is_over}
    roles = sorted(roles_opening(place, verb), key=lambda each: each[0] not in has)[:_MOST_NAMED]
    if not roles or (place.standing.unit_id is None and not place.standing.is_company_wide):
        return []
    shown = ", ".join(f"{names.roles[role_id]} ({REACH_LABELS[reach]})" for role_id, reach in roles)
    if place.standing.is_company_wide:
        text = _("Give a position with one of these roles: %(roles)s.") % {"roles": shown}
    else:
        unit = names.units.get(place.standing.unit_id or 0, "")
        words = {"unit": unit, "roles": shown}
        text = _("Give a position at %(unit)s with one of these roles: %(roles)s.") % words
    address = f"/users/{told.person.pk}/place?" + urlencode(
        {"unit": place.standing.unit_id or "", "role": roles[0][0]}
    )
    return [_hint(text, address, actor.may("users", CHANGE))]


def _hint(text: str, url: str, is_open: bool) -> Hint:
    return Hint(text, url if is_open else "")


# --- everybody -----------------------------------------------------------------------------------------


def _seen(actor: Actor, place: RecordPlace, words: str) -> dict[str, Any]:
    found = who_sees(place, words=words)
    names = names_for(actor, place)
    return {
        "words": words,
        "count": found.count,
        "changers": found.changers,
        "is_cut": found.is_cut,
        "shown": len(found.shown),
        "groups": _groups(found, place, names),
    }


def _groups(found: Seers, place: RecordPlace, names: Names) -> list[Group]:
    labels_of = _group_labels(is_company_wide=place.standing.is_company_wide)
    groups: dict[tuple[Why, Reach | None], list[dict[str, Any]]] = {key: [] for key in ORDER}
    for each in found.shown:
        groups[each.key].append(_seer(each, place, names))
    return [Group(labels_of[key], people) for key, people in groups.items() if people]


def _group_labels(*, is_company_wide: bool) -> dict[tuple[Why, Reach | None], Label]:
    return {
        (Why.OWNER, None): _("Owns it"),
        (Why.NAMED, None): _("Named on the record"),
        (Why.SHARE, None): _("Shared by name"),
        (Why.DEPUTY, None): _("Stands in for the absent owner"),
        (Why.UNIT, Reach.TEAM): _("Reach: own unit"),
        (Why.UNIT, Reach.AREA): _("Reach: own area"),
        (Why.UNIT, Reach.BRANCH): _("Reach: own branch"),
        (Why.ALL, Reach.ALL): _("By role") if is_company_wide else _("Reach: whole company"),
    }


def _seer(seer: Seer, place: RecordPlace, names: Names) -> dict[str, Any]:
    positions = [
        _("%(role)s at %(unit)s")
        % {"role": names.roles.get(each.role_id or 0, ""), "unit": names.units.get(each.unit_id or 0, "")}
        for each in seer.accesses
        if each.role_id is not None
    ]
    if any(each.why is Why.SHARE for each in seer.accesses):
        positions.append(_("shared by name"))
    return {
        "name": seer.name,
        "text": " · ".join(positions),
        "may_change": seer.may_change,
        "url": access_url(place.entity, place.standing.record_id, who=seer.user_id),
    }
