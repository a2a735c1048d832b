"""The fixed cast of the tests: the same people, in the same places, with the default rights.

    head office ─ Hải Phòng (HP) ─┬─ area KV1 ─┬─ store HP1: seller, teller
                                  │            └─ store HP2: colleague
                                  └─ care department
                └ Hải Dương (HD) ─ store HD1: outsider

A manager heads area KV1; a director and an administrator sit in the head office.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache

import pytest
from django.contrib.auth.hashers import make_password
from django.db import transaction

from duyen.entities.seeding import seed
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Position, Role, Unit, User
from duyen.foundation.org.words import RoleCode, UnitKind
from duyen.kernel.clock import now, today

PASSWORD = "mat khau cua vai dien"  # noqa: S105 - invented, for tests alone

_UNITS = (
    ("HO", "Tổng công ty", UnitKind.HEAD_OFFICE, None),
    ("HP", "Chi nhánh Hải Phòng", UnitKind.BRANCH, "HO"),
    ("KV1", "Khu vực 1", UnitKind.AREA, "HP"),
    ("HP1", "Cửa hàng Hồng Bàng", UnitKind.STORE, "KV1"),
    ("HP2", "Cửa hàng An Dương", UnitKind.STORE, "KV1"),
    ("CSKH", "Phòng Chăm sóc khách hàng", UnitKind.DEPARTMENT, "HP"),
    ("HD", "Chi nhánh Hải Dương", UnitKind.BRANCH, "HO"),
    ("HD1", "Cửa hàng Tứ Minh", UnitKind.STORE, "HD"),
)

_PEOPLE = (
    ("seller", "Nguyễn Hồng Hạnh", RoleCode.SALES_REP, "HP1"),
    ("teller", "Trần Quốc Bảo", RoleCode.TELLER, "HP1"),
    ("manager", "Phạm Đức Thắng", RoleCode.AREA_HEAD, "KV1"),
    ("colleague", "Vũ Hoàng Yến", RoleCode.TELLER, "HP2"),
    ("care_agent", "Lê Mỹ Duyên", RoleCode.CARE_AGENT, "CSKH"),
    ("outsider", "Đặng Văn Ấn", RoleCode.SALES_REP, "HD1"),
    ("director", "Hoàng Thị Lan", RoleCode.DIRECTOR, "HO"),
    ("admin", "Bùi Anh Tú", RoleCode.ADMIN, "HO"),
)


@dataclass(frozen=True)
class Cast:
    """The people and places by the names that tests use."""

    users: dict[str, User]
    units: dict[str, Unit]

    def user(self, who: str) -> User:
        """Give the user who plays `who`, as the database holds her now."""
        return User.objects.get(pk=self.users[who].pk)

    def unit(self, code: str) -> Unit:
        return self.units[code]

    def actor(self, who: str, door: Door = Door.WEB) -> Actor:
        """Give `who` as an actor, with her rights as they stand now."""
        return actor_for(self.user(who), door)


@cache
def _hashed() -> str:
    """Hash the one password once: a good hash is slow on purpose."""
    return make_password(PASSWORD, hasher="argon2")


def set_the_stage() -> Cast:
    """Make the units, the default roles with their rights, and the people."""
    actor = system_actor("tests")
    moment = now()
    stamps = {"created_at": moment, "updated_at": moment}
    seed(actor)
    with transaction.atomic():
        trail.begin(actor, "tests.set_the_stage")
        units: dict[str, Unit] = {}
        for code, name, kind, parent in _UNITS:
            units[code] = Unit.objects.create(
                code=code, name=name, kind=kind.value, parent=units[parent] if parent else None, **stamps
            )
        users: dict[str, User] = {}
        for who, name, role, unit in _PEOPLE:
            user = User(email=f"{who}@example.com", full_name=name, password=_hashed(), **stamps)
            user.save(force_insert=True)
            Position.objects.create(
                user=user,
                unit=units[unit],
                role=Role.objects.get(code=role.value),
                is_main=True,
                since=today() - dt.timedelta(days=30),
                **stamps,
            )
            users[who] = user
    return Cast(users, units)


@pytest.fixture
def cast(db: None) -> Cast:
    """The cast on an otherwise empty stage."""
    return set_the_stage()
