"""Roles copied, rights taken back, and what locking a person would bring about."""

from __future__ import annotations

from html import unescape

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role, User
from duyen.modules.administration import queries
from duyen.modules.administration.tests.test_pages import _form
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


def _copy(cast: Cast, who: str, **arguments: str) -> None:
    role = Role.objects.get(code="AREA_HEAD")
    perform(entity_named("roles"), "copy", role.pk, actor=cast.actor(who), arguments=arguments)


def test_a_copied_role_may_do_the_same_and_nobody_holds_it(cast: Cast) -> None:
    role = Role.objects.get(code="AREA_HEAD")

    _copy(cast, "admin", name="Trưởng khu vực mới", code="head2")

    made = Role.objects.get(code="HEAD2")
    assert queries.rights_of_role(made.pk) == queries.rights_of_role(role.pk) != {}
    assert queries.field_rights_of_role(made.pk) == queries.field_rights_of_role(role.pk)
    assert not made.positions.exists()


@pytest.mark.parametrize(("name", "code"), [("", "X1"), ("Mới", "ADMIN"), ("Mới", "có dấu"), ("Mới", "")])
def test_a_copy_that_cannot_be_makes_nothing(cast: Cast, name: str, code: str) -> None:
    count = Role.objects.count()
    with pytest.raises(InvalidValues):
        _copy(cast, "admin", name=name, code=code)
    assert Role.objects.count() == count


@pytest.mark.parametrize("who", ["seller", "director"])
def test_others_copy_no_role(cast: Cast, who: str) -> None:
    count = Role.objects.count()
    with pytest.raises((NotAllowed, NotFound)):
        _copy(cast, who, name="Mới", code="X1")
    assert Role.objects.count() == count


def test_a_change_of_rights_is_taken_back(admin: Client) -> None:
    role = Role.objects.get(code="TELLER")
    before = queries.rights_of_role(role.pk)
    form = _form(admin.get(f"/roles/{role.pk}?tab=rights").content.decode())
    admin.post(f"/roles/{role.pk}/rights", form | {"right:customers:export": "all"})
    assert queries.rights_of_role(role.pk) != before

    answer = admin.post(f"/roles/{role.pk}/rights/undo")

    assert answer.status_code == 302
    assert queries.rights_of_role(role.pk) == before
    assert admin.post(f"/roles/{role.pk}/rights/undo").status_code == 409


def test_a_change_of_rights_can_be_taken_back_after_a_reload_by_whoever_may(
    admin: Client, cast: Cast
) -> None:
    role = Role.objects.get(code="TELLER")
    before = queries.rights_of_role(role.pk), queries.field_rights_of_role(role.pk)
    address = f"/roles/{role.pk}?tab=rights"
    form = _form(admin.get(address).content.decode())
    admin.post(
        f"/roles/{role.pk}/rights",
        form
        | {"right:customers:export": "all", "right:customers:read": "own", "field:customers:note": "hidden"},
    )
    later, director = Client(), Client()
    later.force_login(cast.user("admin"))
    director.force_login(cast.user("director"))
    assert before != (queries.rights_of_role(role.pk), queries.field_rights_of_role(role.pk))

    offered, to_others = later.get(address).content.decode(), director.get(address)
    answer = later.post(f"/roles/{role.pk}/rights/undo")

    assert f'action="/roles/{role.pk}/rights/undo"' in offered
    assert "/rights/undo" not in to_others.content.decode()
    assert answer.status_code == 302
    assert (queries.rights_of_role(role.pk), queries.field_rights_of_role(role.pk)) == before
    assert "/rights/undo" not in later.get(address).content.decode().replace("toast", "")


def test_rights_that_somebody_changed_since_stay(admin: Client, cast: Cast) -> None:
    role = Role.objects.get(code="TELLER")
    form = _form(admin.get(f"/roles/{role.pk}?tab=rights").content.decode())
    admin.post(f"/roles/{role.pk}/rights", form | {"right:customers:export": "all"})
    version = Role.objects.get(pk=role.pk).version
    standard.change(
        entity_named("roles"), role.pk, actor=cast.actor("admin"), values={"note": "Mới"}, version=version
    )
    given = queries.rights_of_role(role.pk)

    assert admin.post(f"/roles/{role.pk}/rights/undo").status_code == 409

    assert queries.rights_of_role(role.pk) == given


def test_locking_tells_first_what_the_person_owns(admin: Client, cast: Cast) -> None:
    for number in range(2):
        values = {"name": f"Khách {number}", "kind": "INDIVIDUAL"}
        standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values)
    seller, teller = cast.users["seller"], cast.users["teller"]
    before = History.objects.count()
    given = {"hand_over_to": str(teller.pk), "hand_over_to_text": teller.full_name, "preview": "1"}

    seen = unescape(admin.post(f"/users/{seller.pk}/lock", given).content.decode())

    assert "Chuyển sang Trần Quốc Bảo:" in seen
    assert "Cửa hàng Hồng Bàng" in seen
    assert User.objects.get(pk=seller.pk).is_active
    assert History.objects.count() == before
