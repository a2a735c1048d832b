"""Kept views: who finds them, who may change them, and that they never open a field."""

from __future__ import annotations

import datetime as dt

import pytest

from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound
from duyen.entities.models import FirstView, PassingView, SavedView
from duyen.entities.views.reading import (
    first_view,
    forget_passing_views,
    keep_passing,
    passing_view,
    views_of,
)
from duyen.entities.views.saving import (
    ForWhom,
    change_view,
    delete_view,
    move_view,
    open_with,
    restore_view,
    save_view,
)
from duyen.entities.views.state import Column, ViewState, fitted
from duyen.entities.words import Audience
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.kernel.clock import now, stopped
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

TRADERS = ViewState(
    parts=(["industry", "in", ["TRADE"]],),
    order="-created_at",
    columns=(Column("name", 240), Column("owner")),
)
EVERYBODY = ForWhom(Audience.ALL)


def _seen(cast: Cast, customers: Entity, who: str) -> list[str]:
    return [each.name for each in views_of(customers, cast.actor(who))]


def test_keeps_everything_that_a_list_shows(cast: Cast, customers: Entity) -> None:
    view = save_view(customers, actor=cast.actor("seller"), name="  Khách   thương mại ", state=TRADERS)

    (kept,) = views_of(customers, cast.actor("seller"))

    assert (kept.id, kept.name, kept.state) == (view.pk, "Khách thương mại", TRADERS)
    entry = History.objects.get(entity="views", record_id=view.pk)
    assert (entry.verb, entry.actor_name) == ("views.save", "Nguyễn Hồng Hạnh")


def test_shows_a_view_to_those_for_whom_it_is(cast: Cast, customers: Entity) -> None:
    area = ForWhom(Audience.UNIT, cast.unit("KV1").pk)
    save_view(customers, actor=cast.actor("seller"), name="Của tôi", state=TRADERS)
    save_view(customers, actor=cast.actor("manager"), name="Khu vực", state=TRADERS, for_whom=area)
    save_view(customers, actor=cast.actor("director"), name="Mọi người", state=TRADERS, for_whom=EVERYBODY)

    seen = {who: _seen(cast, customers, who) for who in ("seller", "manager", "colleague", "outsider")}

    assert seen == {
        "seller": ["Của tôi", "Khu vực", "Mọi người"],
        "manager": ["Khu vực", "Mọi người"],
        "colleague": ["Khu vực", "Mọi người"],
        "outsider": ["Mọi người"],
    }


@pytest.mark.parametrize(
    ("who", "audience", "unit"),
    [("seller", Audience.ALL, ""), ("manager", Audience.ALL, ""), ("manager", Audience.UNIT, "HD1"),
     ("seller", Audience.UNIT, "HP1"), ("admin", Audience.ME, "")],
)  # fmt: skip
def test_leaves_views_for_others_to_those_who_answer_for_their_records(
    cast: Cast, customers: Entity, who: str, audience: Audience, unit: str
) -> None:
    for_whom = ForWhom(audience, cast.unit(unit).pk if unit else None)

    with pytest.raises(NotAllowed):
        save_view(customers, actor=cast.actor(who), name="Không được", state=TRADERS, for_whom=for_whom)

    assert not SavedView.objects.exists()
    assert not History.objects.filter(entity="views").exists()


def test_lets_nobody_change_the_view_of_another_person(cast: Cast, customers: Entity) -> None:
    own = save_view(customers, actor=cast.actor("seller"), name="Của tôi", state=TRADERS)
    common = save_view(
        customers, actor=cast.actor("director"), name="Chung", state=TRADERS, for_whom=EVERYBODY
    )

    with pytest.raises(NotFound):
        change_view(customers, own.pk, actor=cast.actor("manager"), name="Lấy mất")
    with pytest.raises(NotFound):
        delete_view(customers, own.pk, actor=cast.actor("director"))
    with pytest.raises(NotAllowed):
        change_view(customers, common.pk, actor=cast.actor("seller"), name="Đổi")

    assert set(SavedView.objects.values_list("name", "version", "deleted_at")) == {
        ("Của tôi", 1, None),
        ("Chung", 1, None),
    }


def test_deletes_a_view_and_brings_it_back(cast: Cast, customers: Entity) -> None:
    view = save_view(customers, actor=cast.actor("seller"), name="Của tôi", state=TRADERS)

    delete_view(customers, view.pk, actor=cast.actor("seller"))
    gone = _seen(cast, customers, "seller")
    restore_view(customers, view.pk, actor=cast.actor("seller"))

    assert gone == []
    assert _seen(cast, customers, "seller") == ["Của tôi"]


def test_moves_views_among_those_that_one_may_move(cast: Cast, customers: Entity) -> None:
    first, _second, third = (
        save_view(customers, actor=cast.actor("seller"), name=name, state=TRADERS) for name in ("A", "B", "C")
    )

    move_view(customers, third.pk, actor=cast.actor("seller"), earlier=True)
    move_view(customers, first.pk, actor=cast.actor("seller"), earlier=True)

    assert _seen(cast, customers, "seller") == ["A", "C", "B"]


def test_opens_a_list_with_ones_own_choice_before_that_for_the_role(cast: Cast, customers: Entity) -> None:
    director, seller = cast.actor("director"), cast.actor("seller")
    common = save_view(customers, actor=director, name="Chung", state=TRADERS, for_whom=EVERYBODY)
    own = save_view(customers, actor=seller, name="Riêng", state=TRADERS)
    role = Role.objects.get(code="SALES_REP")

    open_with(customers, common.pk, actor=director, role_id=role.pk)
    for_role = first_view(views_of(customers, cast.actor("seller")))
    open_with(customers, own.pk, actor=seller)
    chosen = first_view(views_of(customers, cast.actor("seller")))
    open_with(customers, None, actor=seller)
    back = first_view(views_of(customers, cast.actor("seller")))

    assert [each and each.name for each in (for_role, chosen, back)] == ["Chung", "Riêng", "Chung"]
    assert first_view(views_of(customers, cast.actor("manager"))) is None


def test_chooses_for_a_role_only_what_all_of_it_can_open(cast: Cast, customers: Entity) -> None:
    director = cast.actor("director")
    own = save_view(customers, actor=director, name="Riêng", state=TRADERS)
    role = Role.objects.get(code="SALES_REP")

    with pytest.raises(InvalidValues):
        open_with(customers, own.pk, actor=director, role_id=role.pk)
    with pytest.raises(NotAllowed):
        open_with(customers, own.pk, actor=cast.actor("manager"), role_id=role.pk)

    assert not FirstView.objects.exists()


@pytest.mark.parametrize(
    ("name", "state", "refusal"),
    [
        ("", TRADERS, InvalidValues),
        ("x" * 61, TRADERS, InvalidValues),
        ("Sai", ViewState(parts=(["castle", "eq", 1],)), BadRequest),
        ("Sai", ViewState(order="tags"), BadRequest),
        ("Sai", ViewState(parts=(["name", "eq", "a"],) * 51), BadRequest),
    ],
)
def test_keeps_nothing_that_reads_no_list(
    cast: Cast, customers: Entity, name: str, state: ViewState, refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        save_view(customers, actor=cast.actor("seller"), name=name, state=state)

    assert not SavedView.objects.exists()


def test_leaves_out_what_is_gone_or_closed_and_says_so(cast: Cast, customers: Entity) -> None:
    state = ViewState(
        parts=(
            ["castle", "eq", 1],
            {"or": [["born_on", "empty", True], ["industry", "in", ["TRADE"]]]},
            ["owner.castle", "eq", 1],
        ),
        order="born_on,-name",
        columns=(Column("born_on"), Column("name"), Column("castle", 90)),
    )
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="customers", field="born_on", level="hidden")

    shown, left = fitted(state, customers, cast.actor("seller"))

    assert shown == ViewState(
        parts=({"or": [["industry", "in", ["TRADE"]]]},), order="-name", columns=(Column("name"),)
    )
    assert len(left) == 2
    assert any("castle" in each for each in left)
    assert not any("born_on" in each for each in left)


def test_keeps_a_long_address_under_one_key_until_nobody_opens_it(cast: Cast, customers: Entity) -> None:
    actor = cast.actor("seller")
    with stopped(now() - dt.timedelta(days=100)):
        key = keep_passing(customers, actor, TRADERS)

    assert keep_passing(customers, actor, TRADERS) == key
    assert passing_view(customers, key) == TRADERS
    assert passing_view(customers, "no-such-key") is None
    assert forget_passing_views() == 0
    PassingView.objects.update(used_at=now() - dt.timedelta(days=91))
    assert forget_passing_views() == 1
