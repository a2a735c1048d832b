"""The form above a timeline neither shows nor takes a field that is closed to who writes."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.test import Client

from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.foundation.org.words import RoleCode
from duyen.modules.activities.models import Activity
from duyen.modules.activities.tests.conftest import Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def close(field: str, level: str = "hidden") -> None:
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.hide")
        role = Role.objects.get(code=RoleCode.SALES_REP.value)
        for entity in ("activities", "tasks"):
            FieldRight.objects.create(role=role, entity=entity, field=field, level=level)


@pytest.fixture
def client(cast: Cast) -> Client:
    found = Client()
    found.force_login(cast.users["seller"])
    return found


@pytest.mark.parametrize("level", ["hidden", "read"])
@pytest.mark.parametrize(
    ("field", "kind", "typed"),
    [
        ("outcome", "CALL", "REACHED"),
        ("place", "VISIT", "Kho Đình Vũ"),
        ("duration_minutes", "CALL", "12"),
        ("direction", "CALL", "IN"),
    ],
)
def test_leaves_out_a_closed_field(
    cast: Cast, client: Client, customer: Make, level: str, field: str, kind: str, typed: str
) -> None:
    firm = customer()
    close(field, level)
    shown = client.get(f"/customers/{firm}?tab=timeline").content.decode()
    assert f'name="{field}"' not in shown

    sent = {"kind": kind, "body": "Đã trao đổi", field: typed, "starts_at": "30/11/2026 09:00"}
    answer = client.post(f"/customers/{firm}/timeline", sent)

    assert answer.status_code == 302
    made = Activity.objects.get()
    assert made.body == "Đã trao đổi"
    assert not getattr(made, field)


def test_is_not_there_where_the_text_itself_is_closed(cast: Cast, client: Client, customer: Make) -> None:
    firm = customer()
    close("body")
    assert 'id="composer"' not in client.get(f"/customers/{firm}?tab=timeline").content.decode()
    assert client.post(f"/customers/{firm}/timeline", {"kind": "NOTE", "body": "x"}).status_code == 403
    assert not Activity.objects.exists()
