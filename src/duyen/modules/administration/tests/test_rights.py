"""Giving a role its rights."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.entities.errors import NotAllowed, NotFound, StaleVersion
from duyen.foundation.access.models import FieldRight, RoleRight
from duyen.foundation.access.words import FieldLevel, Reach
from duyen.foundation.audit.models import History
from duyen.foundation.org.administrators import LastAdministrator
from duyen.foundation.org.models import Role
from duyen.modules.administration.actions import set_rights
from duyen.modules.administration.actions.rights import NameStays, UnknownRight
from duyen.modules.administration.queries import known_rights, rights_of_role
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db

READ = ("customers", "read")


def test_gives_exactly_these_rights_as_one_step(cast: Cast) -> None:
    role = Role.objects.get(code="SALES_REP")
    assert cast.actor("seller").may("customers", "delete")

    set_rights(
        role.pk,
        actor=cast.actor("admin"),
        version=1,
        rights={READ: Reach.TEAM, ("customers", "change"): Reach.OWN},
        limits={("customers", "tax_code"): FieldLevel.HIDDEN},
    )

    assert rights_of_role(role.pk) == {READ: Reach.TEAM, ("customers", "change"): Reach.OWN}
    seller = cast.actor("seller")
    assert not seller.may("customers", "delete")
    assert seller.scope("customers", "read").units == {cast.unit("HP1").pk}
    assert seller.field_level("customers", "tax_code") is FieldLevel.HIDDEN
    steps = History.objects.filter(verb="roles.set_rights")
    assert steps.values("operation").distinct().count() == 1
    assert {entry.entity for entry in steps} >= {"role_rights", "field_rights"}
    assert Role.objects.get(pk=role.pk).version == 2


def test_does_not_take_the_last_administrators_right(cast: Cast) -> None:
    role = Role.objects.get(code="ADMIN")
    before = rights_of_role(role.pk)

    with pytest.raises(LastAdministrator):
        set_rights(role.pk, actor=cast.actor("admin"), version=1, rights={READ: Reach.ALL}, limits={})

    assert rights_of_role(role.pk) == before


@pytest.mark.parametrize("who", ["director", "manager"])
def test_lets_administrators_alone_give_rights(cast: Cast, who: str) -> None:
    role = Role.objects.get(code="SALES_REP")
    before = RoleRight.objects.count()

    with pytest.raises((NotAllowed, NotFound)):
        set_rights(role.pk, actor=cast.actor(who), version=1, rights={READ: Reach.ALL}, limits={})

    assert RoleRight.objects.count() == before


def test_refuses_a_save_on_an_older_state(cast: Cast) -> None:
    role = Role.objects.get(code="TELLER")
    set_rights(role.pk, actor=cast.actor("admin"), version=1, rights={READ: Reach.OWN}, limits={})

    with pytest.raises(StaleVersion):
        set_rights(role.pk, actor=cast.actor("admin"), version=1, rights={}, limits={})

    assert rights_of_role(role.pk) == {READ: Reach.OWN}


@pytest.mark.parametrize("pair", [("customers", "fly"), ("planets", "read")])
def test_refuses_rights_that_do_not_exist(cast: Cast, pair: tuple[str, str]) -> None:
    role = Role.objects.get(code="TELLER")
    before = set(FieldRight.objects.values_list("role", "entity", "field", "level"))

    with pytest.raises(UnknownRight):
        set_rights(role.pk, actor=cast.actor("admin"), version=1, rights={pair: Reach.OWN}, limits={})
    with pytest.raises(UnknownRight):
        set_rights(role.pk, actor=cast.actor("admin"), version=1, rights={}, limits={pair: FieldLevel.READ})

    assert set(FieldRight.objects.values_list("role", "entity", "field", "level")) == before


def test_every_default_right_can_be_given_on_the_page(cast: Cast) -> None:
    given = set(RoleRight.objects.values_list("entity", "verb"))

    assert given <= known_rights()


def test_hides_no_name_that_every_page_would_still_show(cast: Cast) -> None:
    role, admin = Role.objects.get(code="SALES_REP"), cast.actor("admin")
    before = RoleRight.objects.count(), History.objects.count()

    for field in (("customers", "name"), ("users", "full_name")):
        with pytest.raises(NameStays):
            set_rights(role.pk, actor=admin, version=1, rights={}, limits={field: FieldLevel.HIDDEN})
    assert (RoleRight.objects.count(), History.objects.count()) == before

    limits = {("customers", "name"): FieldLevel.READ}
    set_rights(role.pk, actor=admin, version=1, rights={READ: Reach.OWN}, limits=limits)
    assert FieldRight.objects.get(role=role).level == FieldLevel.READ


def test_tells_in_the_history_which_right_reaches_how_far_now(cast: Cast) -> None:
    role = Role.objects.get(code="SALES_REP")
    kept = rights_of_role(role.pk)
    client = Client()
    client.force_login(cast.user("admin"))

    set_rights(role.pk, actor=cast.actor("admin"), version=1, rights={**kept, READ: Reach.TEAM}, limits={})
    page = client.get(f"/roles/{role.pk}?tab=history").content.decode()

    told = page.partition("Đã đổi quyền")[2].partition("Cấp quyền mặc định")[0]
    assert told.count("Khách hàng") == 2
    assert "đơn vị của mình" in told
    assert len(History.objects.filter(verb="roles.set_rights", entity="role_rights")) == 2


def test_tells_in_the_history_which_field_is_hidden_by_its_words(cast: Cast, make_field: MakeField) -> None:
    role = Role.objects.get(code="SALES_REP")
    make_field("di_ung", label="Dị ứng")
    limits = {("customers", "custom_di_ung"): FieldLevel.HIDDEN}
    client = Client()
    client.force_login(cast.user("admin"))

    set_rights(role.pk, actor=cast.actor("admin"), version=1, rights=rights_of_role(role.pk), limits=limits)
    page = client.get(f"/roles/{role.pk}?tab=history").content.decode()

    told = page.partition("Đã đổi quyền")[2].partition("Cấp quyền mặc định")[0]
    assert "Dị ứng" in told
    assert "custom_di_ung" not in told
