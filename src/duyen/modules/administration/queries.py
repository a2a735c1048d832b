"""Read the organisation for its own rules and pages."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping

from django.db.models import Q, QuerySet

from duyen.entities.handing_over import Holding
from duyen.entities.registry import all_entities
from duyen.entities.rights import verbs_of
from duyen.foundation.access.models import FieldRight, RoleRight
from duyen.foundation.access.words import FieldLevel, Reach
from duyen.foundation.org.models import Position, Role, SpecialDay, Unit, User, WorkingCalendar
from duyen.kernel.clock import today


def unit_id_of(code: str) -> int | None:
    """Find a unit by its code."""
    return Unit.objects.filter(code=code).values_list("pk", flat=True).order_by("pk").first()


def unit_kinds() -> Mapping[int, tuple[str, int | None]]:
    """Give kind and parent of every unit by id."""
    return {pk: (kind, parent) for pk, kind, parent in Unit.objects.values_list("pk", "kind", "parent_id")}


def is_email_taken(email: str, *, but: str = "") -> bool:
    """Tell whether another user signs in with this e-mail; `but` is the e-mail the user has now."""
    return User.objects.filter(email=email).exclude(email=but).exists()


def is_role_code_taken(code: str, *, but: str = "") -> bool:
    """Tell whether another role has this code."""
    return Role.objects.filter(code=code).exclude(code=but).exists()


def people_of_unit(unit_id: int) -> int:
    """Count the positions that hold in a unit now or later."""
    return Position.objects.filter(Q(until=None) | Q(until__gte=today()), unit_id=unit_id).count()


def positions_in(unit_id: int) -> QuerySet[Position]:
    """Give the positions that hold in a unit now or later."""
    return Position.objects.filter(Q(until=None) | Q(until__gte=today()), unit_id=unit_id)


def units_under(unit_id: int) -> set[int]:
    """Collect a unit and all that stand below it, closed ones too."""
    tree = unit_kinds()
    found, size = {unit_id}, 0
    while len(found) > size:
        size = len(found)
        found |= {pk for pk, (_kind, parent) in tree.items() if parent in found}
    return found


def held_position(user_id: int, unit_id: int, role_id: int) -> QuerySet[Position]:
    """Give the row of a position that a person holds now or later, if there is one."""
    return Position.objects.filter(
        Q(until=None) | Q(until__gte=today()), user_id=user_id, unit_id=unit_id, role_id=role_id
    )


def listed(held: Iterable[Holding]) -> str:
    """Say in words what a person or a unit holds."""
    return ", ".join(f"{each.label}: {each.count}" for each in held)


def open_units_below(unit_id: int) -> int:
    """Count the units directly below that are in use."""
    return Unit.objects.filter(parent_id=unit_id, is_active=True).count()


def rights_of_role(role_id: int) -> dict[tuple[str, str], Reach]:
    """Give how far a role reaches, by entity and verb."""
    rows = RoleRight.objects.filter(role_id=role_id).values_list("entity", "verb", "reach")
    return {(entity, verb): Reach(reach) for entity, verb, reach in rows}


def field_rights_of_role(role_id: int) -> dict[tuple[str, str], FieldLevel]:
    """Give the limits of a role, by entity and field."""
    rows = FieldRight.objects.filter(role_id=role_id).values_list("entity", "field", "level")
    return {(entity, name): FieldLevel(level) for entity, name, level in rows}


def known_rights() -> set[tuple[str, str]]:
    """List every pair of entity and verb that can be given."""
    return {(entity.name, each.verb) for entity in all_entities() for each in verbs_of(entity)}


def known_fields() -> set[tuple[str, str]]:
    """List every pair of entity and field that can be limited."""
    return {(entity.name, each.name) for entity in all_entities() for each in entity.fields}


def is_title(entity: str, field: str) -> bool:
    """Tell whether a field holds the words by which people know a record."""
    return any(each.name == entity and each.title == field for each in all_entities())


def is_calendar_name_taken(name: str, *, but: str = "") -> bool:
    """Tell whether another working calendar has this name."""
    return WorkingCalendar.objects.filter(name=name).exclude(name=but).exists()


def is_day_decided(day: dt.date) -> bool:
    """Tell whether the company has said something of this day."""
    return SpecialDay.objects.filter(day=day, deleted_at=None).exists()


def may_sign_in(user_id: int) -> bool:
    """Tell whether a user is not locked."""
    return User.objects.filter(pk=user_id, is_active=True).exists()
