"""What can be done with one record: each step with the way to it, or the reason why not."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from django.utils.translation import gettext as _

from duyen.entities.actions import Action
from duyen.entities.approvals.gate import Need
from duyen.entities.approvals.reading import needs_of
from duyen.entities.entity import Entity
from duyen.entities.fields import Label
from duyen.entities.models import ApprovalRequest
from duyen.entities.performing import why_not_now
from duyen.entities.words import MERGE
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, DELETE, EXPLAIN, HAND_OVER, READ, SHARE
from duyen.surfaces.web.approvals.addresses import request_url
from duyen.surfaces.web.pages.addresses import access_url, bulk_url, print_url, step_url
from duyen.surfaces.web.pages.grid import TAG, tag_field
from duyen.surfaces.web.pages.merging import may_merge
from duyen.surfaces.web.pages.standing import is_open_to
from duyen.surfaces.web.pages.steps import RESTORE, STANDARD


@dataclass(frozen=True)
class Way:
    """One thing that can be done with the record, or the reason why not; `verb` is its step, if it is one."""

    label: Label
    url: str
    icon: str = ""
    kind: str = ""
    why: Label = ""
    is_dialog: bool = False
    is_write: bool = False
    verb: str = ""


def edit_url(entity: Entity, row: Mapping[str, Any], actor: Actor) -> str:
    has_fields = bool(entity.changeable(actor))
    return (
        step_url(entity, row["id"], "edit") if has_fields and is_open_to(entity, actor, CHANGE, row) else ""
    )


def restore_url(entity: Entity, row: Mapping[str, Any], actor: Actor) -> str:
    return step_url(entity, row["id"], RESTORE) if is_open_to(entity, actor, DELETE, row) else ""


def tag_url(entity: Entity, row: Mapping[str, Any], actor: Actor) -> str:
    """Give the address that tags one row as it tags many."""
    if tag_field(entity, actor) is None or not is_open_to(entity, actor, CHANGE, row):
        return ""
    return f"{bulk_url(entity)}?verb={TAG}&ids={row['id']}.{row['version']}"


def open_way(entity: Entity, row: Mapping[str, Any], actor: Actor, verb: str) -> str:
    if entity.scope.is_company_wide or not is_open_to(entity, actor, verb, row):
        return ""
    return step_url(entity, row["id"], verb)


def _ways(entity: Entity, row: Mapping[str, Any], actor: Actor, *, on_page: bool = False) -> list[Way]:
    """List the steps in the menu: a module's own actions, then hand over, share, delete."""
    commands = _command_verbs(entity)
    found = [
        _way(entity, row, actor, each)
        for each in entity.actions
        if each.verb not in commands and each.is_offered(row) and is_open_to(entity, actor, each.needs, row)
    ]
    for verb in (HAND_OVER, SHARE):
        if url := open_way(entity, row, actor, verb):
            step = STANDARD[verb]
            found.append(Way(step.label, url, step.icon, is_dialog=True))
    found += [
        Way(each.label, step_url(entity, row["id"], each.part), each.icon, is_dialog=each.is_dialog)
        for each in entity.leads
        if each.is_offered(actor, row) and not (each.key and on_page)
    ]
    found.append(Way(_("Print"), print_url(entity, row["id"]), "printer"))
    if may_merge(entity, row, actor):
        url = step_url(entity, row["id"], MERGE)
        found.append(Way(_("Merge with another record"), url, "combine", verb=MERGE))
    if entity.has_bin and is_open_to(entity, actor, DELETE, row):
        step, url = STANDARD[DELETE], step_url(entity, row["id"], DELETE)
        found.append(Way(step.label, url, step.icon, "danger", is_write=True, verb=DELETE))
    return found


def offered_on(
    entity: Entity,
    row: Mapping[str, Any],
    actor: Actor,
    *,
    waiting: Mapping[str, ApprovalRequest],
    on_page: bool = False,
) -> tuple[list[Way], list[Way]]:
    """Give the steps of the menu and the commands, each saying whether somebody else has to agree to it.

    `waiting` is what is asked for already, by verb.
    """
    needs = needs_of(entity, row, actor=actor)
    ways = [_marked(each, needs, waiting) for each in _ways(entity, row, actor, on_page=on_page)]
    return ways, [_marked(each, needs, waiting) for each in _commands(entity, row, actor)]


def _marked(way: Way, needs: Mapping[str, Need], waiting: Mapping[str, ApprovalRequest]) -> Way:
    """Let a step that needs approval ask for it, and one that waits for it say so."""
    if way.verb in waiting:
        request = waiting[way.verb]
        why = _("%(who)s asked for approval, and it waits to be decided.")
        why %= {"who": request.asked_by.full_name}
        return replace(way, why=why, url=request_url(request.pk), is_write=False)
    if way.verb in needs and not way.why:
        label = _("%(step)s: ask for approval") % {"step": way.label}
        return replace(way, label=label, is_write=False, is_dialog=way.is_dialog or way.is_write)
    return way


def key_leads(entity: Entity, row: Mapping[str, Any], actor: Actor) -> list[dict[str, Any]]:
    """Give the pages of modules that have a button beside the name, which a key presses too."""
    return [
        {
            "label": each.label,
            "url": step_url(entity, row["id"], each.part),
            "icon": each.icon,
            "key": each.key,
        }
        for each in entity.leads
        if each.key and each.is_offered(actor, row)
    ]


def access_way(entity: Entity, row: Mapping[str, Any], actor: Actor) -> Way:
    """Lead to who may do what with the record; to one's own rights where others are not hers to ask about."""
    may_ask = actor.may("users", EXPLAIN) or is_open_to(entity, actor, SHARE, row)
    url = access_url(entity, row["id"], who=None if may_ask else actor.user_id)
    return Way(_("Who sees it, and why") if may_ask else _("What you may do, and why"), url, "shield-check")


def _command_verbs(entity: Entity) -> set[str]:
    return {each.verb for each in entity.lifecycle.commands} if entity.lifecycle else set()


def _commands(entity: Entity, row: Mapping[str, Any], actor: Actor) -> list[Way]:
    """List the commands of the life cycle that are the actor's to take, those that can run now first."""
    if not is_open_to(entity, actor, READ, row):
        return []
    verbs = _command_verbs(entity)
    found = [
        _way(entity, row, actor, each)
        for each in entity.actions
        if each.verb in verbs and is_open_to(entity, actor, each.needs, row)
    ]
    return sorted(found, key=lambda way: bool(way.why))


def _way(entity: Entity, row: Mapping[str, Any], actor: Actor, action: Action) -> Way:
    why = why_not_now(entity, action, row, actor=actor) or ""
    url = step_url(entity, row["id"], action.verb)
    return Way(action.label, url, action.icon, action.tone, why, is_dialog=True, verb=action.verb)
