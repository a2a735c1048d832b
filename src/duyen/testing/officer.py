"""A data protection officer beside the fixed cast."""

from __future__ import annotations

from django.db import transaction

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Position, Role, User
from duyen.foundation.org.words import RoleCode
from duyen.kernel.clock import now, today
from duyen.testing.cast import Cast


def let_in_officer(cast: Cast) -> User:
    """Give the company somebody who answers data requests, at the head office."""
    moment = now()
    stamps = {"created_at": moment, "updated_at": moment}
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.officer")
        user = User(email="dpo@example.com", full_name="Ngô Bảo Trâm", password="", **stamps)
        user.save(force_insert=True)
        Position.objects.create(
            user=user,
            unit=cast.units["HO"],
            role=Role.objects.get(code=RoleCode.DPO.value),
            is_main=True,
            since=today(),
            **stamps,
        )
    return user
