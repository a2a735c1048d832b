"""What pickers leave out, and where a copy leads."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from duyen.foundation.org.models import Role
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _offered(html: str, name: str) -> set[int]:
    (control,) = re.findall(rf'<select[^>]* name="{name}".*?</select>', html, re.S)
    return {int(each) for each in re.findall(r'<option value="(\d+)"', control)}


def test_a_unit_is_not_offered_itself_nor_those_below(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("admin"))
    branch = cast.units["HP"].pk
    below = {cast.units[each].pk for each in ("HP", "KV1", "HP1", "HP2", "CSKH")}

    parents = _offered(client.get(f"/units/{branch}/edit").content.decode(), "parent")
    takers = _offered(client.get(f"/units/{branch}/close").content.decode(), "move_to")

    assert cast.units["HO"].pk in parents
    assert cast.units["HD"].pk in takers
    assert not below & (parents | takers)


def test_a_locked_person_is_not_offered_her_own_records(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("admin"))
    seller = cast.user("seller").pk

    takers = _offered(client.get(f"/users/{seller}/lock").content.decode(), "hand_over_to")

    assert cast.user("teller").pk in takers
    assert seller not in takers


def test_a_copied_role_opens(client: Client, cast: Cast) -> None:
    client.force_login(cast.user("admin"))
    role = Role.objects.get(code="SALES_REP")

    answer = client.post(f"/roles/{role.pk}/copy", {"name": "Bán hàng miền Tây", "code": "WEST"})

    made = Role.objects.get(code="WEST")
    assert answer.status_code == 302
    assert answer["Location"] == f"/roles/{made.pk}"
