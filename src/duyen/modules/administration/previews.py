"""What giving or ending a position, new rights of a role, or another place of a unit would open and close.

Reads only: the facts after the change are resolved from what would stand in the tables.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Label, LinkedRecord
from duyen.entities.handing_over import held_by_unit, owned_by
from duyen.entities.models import SavedView
from duyen.entities.previewing import Difference, FieldShift, Shift, Shifts, shifts_between
from duyen.entities.rights import REACH_LABELS
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import (
    access_epoch,
    access_facts,
    positions_on,
    role_book,
    shared_with,
    unit_tree,
)
from duyen.foundation.access.resolving import Held, RoleBook, resolve
from duyen.foundation.access.rules import Grant, UnitPlace, UnitTree, units_within
from duyen.foundation.access.words import CREATE, FieldLevel, Reach
from duyen.foundation.org.absences import deputyships_of
from duyen.foundation.org.administrators import administrators
from duyen.foundation.org.calendars import calendar_of_unit
from duyen.foundation.org.models import Position, Role, Unit, User
from duyen.foundation.org.queries import positions_of
from duyen.kernel.clock import today
from duyen.modules.administration import queries

Row = Mapping[str, Any]
#: Of so many people a preview says one by one what would change.
MOST_PEOPLE = 8


@dataclass(frozen=True)
class _Side:
    """The tables as they stand, or as they would."""

    held: Mapping[int, Sequence[Held]]
    book: RoleBook
    tree: UnitTree


def preview_place(actor: Actor, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what one more position would open, on the day when it begins."""
    day = max(values.get("since") or today(), today())
    held = positions_on(day, [row["id"]]).get(row["id"], [])
    one = Held(values["role"], values["unit"])
    will = [one, *held] if values.get("is_main") else [*held, one]
    return _of_one(actor, row["id"], held, will, day)


def preview_leave(actor: Actor, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what would close on the day after the last one of a position."""
    day = max((values.get("until") or today() - dt.timedelta(days=1)) + dt.timedelta(days=1), today())
    held = positions_on(day, [row["id"]]).get(row["id"], [])
    will = [each for each in held if (each.role_id, each.unit_id) != (values["role"], values["unit"])]
    return _of_one(actor, row["id"], held, will, day)


def preview_lock(actor: Actor, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what a person owns, who would get it, what she holds, and whether an administrator stays."""
    taker = values.get("hand_over_to")
    names = dict(User.objects.filter(pk__in=[taker or 0]).values_list("pk", "full_name"))
    return {
        "owned": owned_by(int(row["id"])),
        "taker": names.get(taker or 0, ""),
        "positions": positions_of(int(row["id"])),
        "stands_in_for": [each.name for each in deputyships_of(int(row["id"]))],
        "is_last": administrators() <= {int(row["id"])},
        "is_self": row["id"] == actor.user_id,
    }


def _of_one(
    actor: Actor, user_id: int, held: Sequence[Held], will: Sequence[Held], day: dt.date
) -> dict[str, Any]:
    book = role_book({each.role_id for each in (*held, *will)})
    tree = unit_tree(access_epoch())
    before, after = _Side({user_id: held}, book, tree), _Side({user_id: will}, book, tree)
    return _shown(actor, [user_id], 1, before, after, day)


def preview_rights(
    actor: Actor,
    role_id: int,
    rights: Mapping[tuple[str, str], Reach],
    limits: Mapping[tuple[str, str], FieldLevel],
) -> dict[str, Any]:
    """Tell for those who hold a role what other rights of it would open and close."""
    day = today()
    people = _holders(day, Q(role_id=role_id))
    ids = people[:MOST_PEOPLE]
    held = positions_on(day, people)
    book = role_book({each.role_id for places in held.values() for each in places} | {role_id})
    tree = unit_tree(access_epoch())
    after = _Side(held, book.with_role(role_id, rights, limits), tree)
    return _shown(actor, ids, len(people), _Side(held, book, tree), after, day, everybody=people)


def preview_unit(actor: Actor, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Tell for those whose reach goes through a unit what another place of it would open and close."""
    day, tree = today(), unit_tree(access_epoch())
    place = UnitPlace(row["id"], values.get("parent", row["parent_id"]), values.get("kind", row["kind"]))
    will = UnitTree.of([*(each for each in tree.places.values() if each.id != place.id), place])
    touched = [
        unit_id
        for unit_id in tree.places
        if any(
            units_within(reach, unit_id, tree) != units_within(reach, unit_id, will)
            for reach in (Reach.TEAM, Reach.AREA, Reach.BRANCH)
        )
    ]
    holders = _holders(day, Q(unit_id__in=touched))
    held = positions_on(day, holders)
    book = role_book({each.role_id for places in held.values() for each in places})
    people = [each for each in holders if _reaches_otherwise(held.get(each, ()), book, tree, will)]
    ids = people[:MOST_PEOPLE]
    sides = _Side(held, book, tree), _Side(held, book, will)
    return _shown(actor, ids, len(people), *sides, day, everybody=people)


@dataclass(frozen=True)
class _Joined(UnitTree):
    """The tree after one unit went into another: whoever reaches the taker reaches what came with it.

    Records that still bear the old unit are counted as they would be: with the taker.
    """

    gone: int = 0
    into: int = 0

    def below(self, unit_id: int, enters: Callable[[str], bool]) -> frozenset[int]:
        found = super().below(unit_id, enters) - {self.gone}
        return found | {self.gone} if self.into in found else found


def preview_merging(actor: Actor, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what would go to the other unit, and for whom that would open and close what."""
    return _going(actor, row, values.get("into"), with_below=True)


def preview_closing(actor: Actor, row: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    """Tell what would move when the unit is closed, and for whom that would open and close what."""
    return _going(actor, row, values.get("move_to"), with_below=False)


def _going(actor: Actor, row: Row, to: int | None, *, with_below: bool) -> dict[str, Any]:
    day, unit_id = today(), int(row["id"])
    told = {"moves": what_moves(unit_id, to, with_below=with_below), "shifts": None}
    if to is None or to == unit_id:
        return told
    tree = unit_tree(access_epoch())
    places = [
        UnitPlace(each.id, to if with_below and each.parent_id == unit_id else each.parent_id, each.kind)
        for each in tree.places.values()
    ]
    plain = UnitTree.of(places)
    will = _Joined(plain.places, plain.children, unit_id, to)
    holders = _holders(day, Q())
    held = positions_on(day, holders)
    book = role_book({each.role_id for places_held in held.values() for each in places_held})
    after = {user: [_moved_place(each, unit_id, to) for each in places] for user, places in held.items()}
    people = [
        each
        for each in holders
        if _units_of(held.get(each, ()), book, tree) != _units_of(after.get(each, ()), book, will)
    ]
    sides = _Side(held, book, tree), _Side(after, book, will)
    return told | {"shifts": _shown(actor, people[:MOST_PEOPLE], len(people), *sides, day, everybody=people)}


def _moved_place(held: Held, unit_id: int, to: int) -> Held:
    return replace(held, unit_id=to) if held.unit_id == unit_id else held


def _units_of(held: Sequence[Held], book: RoleBook, tree: UnitTree) -> dict[tuple[str, str], frozenset[int]]:
    """Give the units that each right of somebody goes over, for rights that end somewhere."""
    found: dict[tuple[str, str], frozenset[int]] = {}
    for at in held:
        for key, reach in book.rights.get(at.role_id, {}).items():
            if reach not in (Reach.OWN, Reach.ALL):
                found[key] = found.get(key, frozenset()) | units_within(reach, at.unit_id, tree)
    return found


def what_moves(unit_id: int, to: int | None, *, with_below: bool) -> dict[str, Any]:
    """Count what a unit holds: people, records by entity, views, units below; tell whether hours change."""
    below = Unit.objects.filter(parent_id=unit_id)
    calendars = {each: calendar_of_unit(each) for each in (unit_id, to) if each is not None}
    moves_hours = to is not None and calendars[unit_id].calendar_id != calendars[to].calendar_id
    return {
        "people": queries.people_of_unit(unit_id),
        "held": held_by_unit(unit_id),
        "views": SavedView.objects.filter(unit_id=unit_id, deleted_at=None).count(),
        "below": list(below.order_by("name_key", "pk").values_list("name", flat=True)) if with_below else [],
        "open_below": 0 if with_below else below.filter(is_active=True).count(),
        "into": Unit.objects.filter(pk=to or 0).values_list("name", flat=True).order_by("pk").first() or "",
        "hours": (calendars[unit_id], calendars[to]) if to is not None and moves_hours else None,
    }


def _reaches_otherwise(held: Sequence[Held], book: RoleBook, tree: UnitTree, will: UnitTree) -> bool:
    """Tell whether some right that is held goes over other units in the other tree."""
    reaches = {(reach, at.unit_id) for at in held for reach in book.rights.get(at.role_id, {}).values()}
    return any(
        units_within(reach, unit, tree) != units_within(reach, unit, will)
        for reach, unit in reaches
        if reach not in (Reach.OWN, Reach.ALL)
    )


def _holders(day: dt.date, where: Q) -> list[int]:
    """List who may sign in and holds such a position on `day`, by name."""
    held = Position.objects.filter(Q(until=None) | Q(until__gte=day), where, since__lte=day)
    people = User.objects.filter(pk__in=held.values("user_id"), is_active=True)
    return list(people.order_by("name_key", "pk").values_list("pk", flat=True))


def _shown(
    actor: Actor,
    ids: Collection[int],
    count: int,
    before: _Side,
    after: _Side,
    day: dt.date,
    everybody: Collection[int] = (),
) -> dict[str, Any]:
    """Tell one by one what changes for `ids`; of the rest of `everybody`, how many gain and lose."""
    names = dict(User.objects.filter(pk__in=ids).values_list("pk", "full_name"))
    words = _Words(dict(Role.objects.values_list("pk", "name")), dict(Unit.objects.values_list("pk", "name")))
    people, epoch = [], access_epoch()
    for user_id in ids:
        kept = access_facts(user_id, epoch, day)
        # For whom she stands in stays; what that opens hangs on her own rights, and changes with them.
        was, will = (
            replace(
                resolve(user_id, side.held.get(user_id, ()), book=side.book, tree=side.tree, day=day),
                deputy_for=kept.deputy_for,
                away=kept.away,
            )
            for side in (before, after)
        )
        shifts = shifts_between(was, will, shares=shared_with(user_id, day), actor=actor)
        people.append({"name": names[user_id], "user_id": user_id, **_told(shifts, words)})
    return {
        "people": people,
        "count": count,
        "others": count - len(people),
        "rest": _summed([each for each in everybody if each not in set(ids)], before, after),
        "is_one": count == 1,
        "day": day,
        "is_later": day > today(),
        "is_nothing": all(each["is_nothing"] for each in people),
    }


def _summed(ids: Collection[int], before: _Side, after: _Side) -> dict[str, int]:
    """Count whose rights would go over more units, over fewer, or over others; no record is read."""
    gain = lose = other = 0
    for user_id in ids:
        was = _rights_of(before.held.get(user_id, ()), before.book, before.tree)
        will = _rights_of(after.held.get(user_id, ()), after.book, after.tree)
        gains, loses = not will <= was, not was <= will
        gain, lose, other = (
            gain + (gains and not loses),
            lose + (loses and not gains),
            other + (gains and loses),
        )
    return {"gain": gain, "lose": lose, "other": other}


def _rights_of(
    held: Sequence[Held], book: RoleBook, tree: UnitTree
) -> frozenset[tuple[str, str, int | Reach]]:
    """Give every right as entity, verb and unit; what goes over everything, or one's own, has no unit."""
    found: set[tuple[str, str, int | Reach]] = set()
    for at in held:
        for (entity, verb), reach in book.rights.get(at.role_id, {}).items():
            found.add((entity, verb, Reach.OWN))
            if reach is Reach.ALL:
                found |= {(entity, verb, unit) for unit in tree.places} | {(entity, verb, Reach.ALL)}
            elif reach is not Reach.OWN:
                found |= {(entity, verb, unit) for unit in units_within(reach, at.unit_id, tree)}
    return frozenset(found)


@dataclass(frozen=True)
class _Words:
    roles: Mapping[int, str]
    units: Mapping[int, str]


def _told(shifts: Shifts, words: _Words) -> dict[str, Any]:
    return {
        "is_nothing": shifts.is_nothing,
        "rights": _together([_right(each, words) for each in shifts.rights]),
        "fields": [_field(each) for each in shifts.fields],
    }


def _together(rights: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tell rights of one entity that change alike in one line."""
    told: list[dict[str, Any]] = []
    for each in rights:
        alike = [
            line for line in told if all(line[key] == each[key] for key in ("entity", "before", "after"))
        ]
        if each["is_counted"]:
            alike = [line for line in alike if all(line[key] == each[key] for key in ("opened", "closed"))]
        if alike:
            alike[0]["verbs"] += each["verbs"]
        else:
            told.append(each)
    return told


def _right(shift: Shift, words: _Words) -> dict[str, Any]:
    return {
        "entity": shift.entity.labels,
        "verbs": [shift.verb.label],
        "is_counted": shift.verb.verb != CREATE,
        "before": _reach(shift.entity, shift.before, words),
        "after": _reach(shift.entity, shift.after, words),
        "opened": _counted(shift.entity, shift.opened),
        "closed": _counted(shift.entity, shift.closed),
    }


def _reach(entity: Entity, grants: Sequence[Grant], words: _Words) -> str:
    """Say how far a right reaches by all positions together."""
    if not grants:
        return _("no")
    if entity.scope.is_company_wide:
        return _("yes")
    if any(each.reach is Reach.ALL for each in grants):
        return str(REACH_LABELS[Reach.ALL])
    said = dict.fromkeys(
        str(REACH_LABELS[each.reach])
        if each.reach is Reach.OWN
        else _("%(reach)s (from %(unit)s)")
        % {"reach": REACH_LABELS[each.reach], "unit": words.units.get(each.unit_id, "")}
        for each in grants
    )
    return ", ".join(said)


def _counted(entity: Entity, found: Difference) -> dict[str, Any]:
    return {
        "count": found.count,
        "is_none": not found.count.number,
        "examples": list(dict.fromkeys(_example(entity, each) for each in found.examples)),
    }


def _example(entity: Entity, found: LinkedRecord) -> str:
    """Name a record as far as the reader may see it: else where it stands and with whom."""
    if found.label:
        return found.label
    return _("%(kind)s of %(unit)s, %(owner)s") % {
        "kind": entity.label,
        "unit": found.unit or _("no unit"),
        "owner": found.owner or _("nobody"),
    }


def _field(shift: FieldShift) -> dict[str, Any]:
    return {
        "entity": shift.entity.labels,
        "label": shift.label,
        "before": _level(shift.before),
        "after": _level(shift.after),
    }


def _level(level: FieldLevel | None) -> Label:
    if level is None:
        return _("see and change")
    return _("see only") if level is FieldLevel.READ else _("hidden")
