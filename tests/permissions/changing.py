"""Change what somebody may do while a test runs; whatever is written here is taken back with the test."""

from __future__ import annotations

from django.db import transaction

from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Position, Role
from duyen.foundation.shares.models import Share
from tests.permissions.asking import forget_rights
from tests.permissions.planting import SYSTEM, Stage


def limit(role: str, entity: str, *fields: str, level: FieldLevel) -> None:
    """Limit fields of an entity for a role."""
    with transaction.atomic():
        trail.begin(SYSTEM, "tests.limit")
        role_id = Role.objects.values_list("pk", flat=True).get(code=role)
        FieldRight.objects.bulk_create(
            FieldRight(role_id=role_id, entity=entity, field=field, level=level.value) for field in fields
        )
    forget_rights()


def lose_everything(stage: Stage, who: str) -> None:
    """Take every position and every share from a person."""
    with transaction.atomic():
        trail.begin(SYSTEM, "tests.lose")
        Position.objects.filter(user=stage.users[who]).delete()
        Share.objects.filter(user=stage.users[who]).delete()
    forget_rights()


def role_of(stage: Stage, who: str) -> str:
    """Give the code of the role of a person's one position."""
    return Position.objects.select_related("role").get(user=stage.users[who]).role.code
