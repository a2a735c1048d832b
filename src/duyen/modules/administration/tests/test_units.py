"""The tree of units: what may stand where, and closing a unit."""

from __future__ import annotations

import pytest

from duyen.entities import standard
from duyen.entities.errors import InvalidValues
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Position, Unit
from duyen.modules.administration.actions.units import HeadOfficeStays, StillHolds, UnitsBelow
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _change(cast: Cast, code: str, **values: object) -> None:
    unit = Unit.objects.get(code=code)
    standard.change(
        entity_named("units"), unit.pk, actor=cast.actor("admin"), values=values, version=unit.version
    )


def _close(cast: Cast, code: str, **arguments: object) -> None:
    unit = Unit.objects.get(code=code)
    perform(entity_named("units"), "close", unit.pk, actor=cast.actor("admin"), arguments=arguments)


def test_makes_a_unit_where_it_fits(cast: Cast) -> None:
    values = {"name": "Tổ 1", "code": "t1", "kind": "TEAM", "parent": cast.unit("HP1").pk}

    done = standard.create(entity_named("units"), actor=cast.actor("admin"), values=values)

    unit = Unit.objects.get(pk=done.id)
    assert (unit.code, unit.is_active, unit.parent_id) == ("T1", True, cast.unit("HP1").pk)


@pytest.mark.parametrize(
    ("values", "field"),
    [
        ({"code": "X1", "kind": "HEAD_OFFICE"}, "kind"),
        ({"code": "X1", "kind": "BRANCH"}, "parent"),
        ({"code": "X1", "kind": "BRANCH", "parent": "HP1"}, "parent"),
        ({"code": "X1", "kind": "STORE", "parent": "CSKH"}, "parent"),
        ({"code": "HP", "kind": "BRANCH", "parent": "HO"}, "code"),
        ({"code": "Mã 1", "kind": "BRANCH", "parent": "HO"}, "code"),
    ],
)
def test_refuses_what_does_not_fit(cast: Cast, values: dict[str, str], field: str) -> None:
    count = Unit.objects.count()
    given: dict[str, object] = {"name": "Mới", **values}
    if "parent" in values:
        given["parent"] = cast.unit(values["parent"]).pk

    with pytest.raises(InvalidValues) as refused:
        standard.create(entity_named("units"), actor=cast.actor("admin"), values=given)

    assert field in {problem.field for problem in refused.value.problems}
    assert Unit.objects.count() == count


@pytest.mark.parametrize(
    ("code", "values"),
    [
        ("KV1", {"parent": "HP1"}),
        ("KV1", {"parent": "KV1"}),
        ("HO", {"kind": "BRANCH"}),
        ("HO", {"parent": "HP"}),
        ("KV1", {"kind": "TEAM"}),
    ],
)
def test_makes_no_ring_and_keeps_the_head_office(cast: Cast, code: str, values: dict[str, str]) -> None:
    given = {name: cast.unit(value).pk if name == "parent" else value for name, value in values.items()}

    with pytest.raises(InvalidValues):
        _change(cast, code, **given)

    unit = Unit.objects.get(code=code)
    assert (unit.kind, unit.parent_id, unit.version) == (
        cast.unit(code).kind,
        cast.unit(code).parent_id,
        1,
    )


def test_moves_a_store_and_rights_follow_at_once(cast: Cast) -> None:
    assert cast.unit("HD1").pk not in cast.actor("manager").scope("customers", "read").units

    _change(cast, "HD1", parent=cast.unit("KV1").pk)

    assert cast.unit("HD1").pk in cast.actor("manager").scope("customers", "read").units


def test_does_not_close_a_unit_with_people_or_records(cast: Cast) -> None:
    standard.create(
        entity_named("customers"), actor=cast.actor("outsider"), values={"name": "Lan", "kind": "INDIVIDUAL"}
    )
    before = History.objects.count()

    with pytest.raises(StillHolds) as refused:
        _close(cast, "HD1")

    assert refused.value.params["held"] == "Khách hàng: 1, Vị trí: 1"
    assert Unit.objects.get(code="HD1").is_active
    assert History.objects.count() == before


def test_moves_people_and_records_when_it_closes(cast: Cast) -> None:
    made = standard.create(
        entity_named("customers"), actor=cast.actor("outsider"), values={"name": "Lan", "kind": "INDIVIDUAL"}
    )

    _close(cast, "HD1", move_to=cast.unit("HD").pk)

    customers = entity_named("customers").model._default_manager
    assert customers.values_list("unit_id", flat=True).get(pk=made.id) == cast.unit("HD").pk
    assert Position.objects.get(user=cast.users["outsider"]).unit_id == cast.unit("HD").pk
    assert not Unit.objects.get(code="HD1").is_active


def test_closes_from_below(cast: Cast) -> None:
    with pytest.raises(UnitsBelow):
        _close(cast, "KV1", move_to=cast.unit("HP").pk)
    with pytest.raises(HeadOfficeStays):
        _close(cast, "HO", move_to=cast.unit("HP").pk)

    assert Unit.objects.filter(is_active=False).count() == 0


def test_uses_a_closed_unit_again(cast: Cast) -> None:
    _close(cast, "CSKH", move_to=cast.unit("HP").pk)

    perform(entity_named("units"), "reopen", cast.unit("CSKH").pk, actor=cast.actor("admin"), arguments={})

    assert Unit.objects.get(code="CSKH").is_active
