"""Give a role its rights."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities import standard
from duyen.entities.actions import action
from duyen.entities.errors import Refused
from duyen.entities.fields import Choice, Option, Text
from duyen.entities.locking import lock
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.rights import REACH_LABELS
from duyen.entities.stale import refuse_stale
from duyen.entities.standard import write_changes
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.models import FieldRight, RoleRight
from duyen.foundation.access.words import CHANGE, FieldLevel, Reach
from duyen.foundation.audit import trail
from duyen.foundation.org.administrators import administrators_kept
from duyen.modules.administration import queries
from duyen.modules.administration.rights_before import GIVEN, rights_before


class UnknownRight(Refused):
    """A right or limit names something that no entity has."""

    code = "unknown_right"
    sentence = _("There is no right “%(what)s”. Reload the page and save again.")


class NameStays(Refused):
    """The words by which people know a record would be hidden, while every page of it bears them."""

    code = "name_stays"
    sentence = _(
        "The name of a record stands on each of its pages and cannot be hidden. "
        "Hide other fields, or take away the right to read."
    )


class NothingToTakeBack(Refused):
    """The last step on the role was no change of its rights, or it is too long ago."""

    code = "nothing_to_take_back"
    sentence = _("There is no change of these rights to take back. Set them anew.")


def set_rights(
    role_id: int,
    *,
    actor: Actor,
    version: int,
    rights: Mapping[tuple[str, str], Reach],
    limits: Mapping[tuple[str, str], FieldLevel],
) -> None:
    """Give a role exactly these rights and limits, as one step of the trail; works at the next request.

    Raises NotFound, NotAllowed, StaleVersion, UnknownRight, NameStays, LastAdministrator.
    """
    _refuse_unknown(set(rights) - queries.known_rights())
    _refuse_unknown(set(limits) - queries.known_fields())
    if any(level is FieldLevel.HIDDEN and queries.is_title(*pair) for pair, level in limits.items()):
        raise NameStays
    roles = entity_named("roles")
    with transaction.atomic(), administrators_kept():
        row = lock(roles, role_id, actor=actor, verb=CHANGE)
        refuse_stale(roles, row, version=version, values={})
        trail.begin(actor, GIVEN)
        _write_rights(role_id, rights)
        _write_limits(role_id, limits)
        write_changes(roles, actor, row, {})


def take_back_rights(role_id: int, *, actor: Actor) -> None:
    """Give a role the rights again that it had before they were last changed, as one step of the trail.

    Raises NotFound, NotAllowed, NothingToTakeBack, LastAdministrator.
    """
    roles = entity_named("roles")
    with transaction.atomic(), administrators_kept():
        row = lock(roles, role_id, actor=actor, verb=CHANGE)
        before = rights_before(role_id)
        if before is None:
            raise NothingToTakeBack
        trail.begin(actor, "roles.take_back_rights")
        _write_rights(role_id, before.rights)
        _write_limits(role_id, before.limits)
        write_changes(roles, actor, row, {})


@action(
    "roles.copy",
    label=_("Copy the role"),
    asks=[
        Text("name", _("Name of the copy"), required=True, max_length=80),
        Text("code", _("Code of the copy"), required=True, max_length=24),
    ],
    icon="copy",
    text=_("It gets the same rights and limits, nobody holds it yet, and it stands in the list of roles."),
)
def copy_role(*, actor: Actor, row: Mapping[str, Any], name: str, code: str) -> Mapping[str, Any]:
    """Make another role with the rights and limits of this one, and give it.

    Raises InvalidValues or NotAllowed.
    """
    values = {
        "name": name,
        "code": code,
        "note": row["note"],
        "needs_second_factor": row["needs_second_factor"],
    }
    done = standard.create(entity_named("roles"), actor=actor, values=values)
    trail.begin(actor, "roles.copy")
    _write_rights(done.id, queries.rights_of_role(row["id"]))
    _write_limits(done.id, queries.field_rights_of_role(row["id"]))
    return {"id": done.id, "version": done.version}


@action(
    "roles.give_right",
    label=_("Give one right"),
    asks=[
        Text("right", _("Right"), help=_("Such as customers.read."), required=True, max_length=100),
        Choice(
            "reach",
            _("How far"),
            options=tuple(Option(reach, label) for reach, label in REACH_LABELS.items()),
            help=_("Left empty, the right is taken away."),
        ),
    ],
    icon="key-round",
    part="right",
)
def give_right(*, actor: Actor, row: Mapping[str, Any], right: str, reach: str = "") -> Mapping[str, Any]:
    """Give a role one right as far as `reach`, or take it away. Raises UnknownRight or LastAdministrator."""
    entity, _dot, verb = right.partition(".")
    _refuse_unknown({(entity, verb)} - queries.known_rights())
    given = queries.rights_of_role(row["id"])
    given.pop((entity, verb), None)
    wanted = given | ({(entity, verb): Reach(reach)} if reach else {})
    with administrators_kept():
        _write_rights(row["id"], wanted)
        version = write_changes(entity_named("roles"), actor, row, {})
    return {**row, "version": version}


def _refuse_unknown(pairs: set[tuple[str, str]]) -> None:
    for entity, what in sorted(pairs):
        raise UnknownRight(what=f"{entity}.{what}"[:80])


def _write_rights(role_id: int, rights: Mapping[tuple[str, str], Reach]) -> None:
    """Take away what is not given any more, and give what is new.

    A right that reaches further is taken away and given anew: a changed row would tell the trail
    its reach alone, and not which right it is.
    """
    before = queries.rights_of_role(role_id)
    for entity, verb in sorted(key for key in before if rights.get(key) is not before[key]):
        RoleRight.objects.filter(role_id=role_id, entity=entity, verb=verb).delete()
    for (entity, verb), reach in sorted(rights.items()):
        if before.get((entity, verb)) is not reach:
            RoleRight.objects.create(role_id=role_id, entity=entity, verb=verb, reach=reach)


def _write_limits(role_id: int, limits: Mapping[tuple[str, str], FieldLevel]) -> None:
    """As `_write_rights`, for the limits on fields."""
    before = queries.field_rights_of_role(role_id)
    changed = (key for key in before if limits.get(key) is not before[key] and not _is_former(*key))
    for entity, name in sorted(changed):
        FieldRight.objects.filter(role_id=role_id, entity=entity, field=name).delete()
    for (entity, name), level in sorted(limits.items()):
        if before.get((entity, name)) is not level:
            FieldRight.objects.create(role_id=role_id, entity=entity, field=name, level=level)


def _is_former(entity_name: str, name: str) -> bool:
    """Tell whether a field is out of use: no page has it, and its limit stays for the history."""
    found = next((each for each in all_entities() if each.name == entity_name), None)
    return found is not None and any(each.name == name for each in found.former)
