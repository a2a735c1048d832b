"""What a change would open and close, told before it is saved: exactly that, and nothing written."""

from __future__ import annotations

import datetime as dt
import random
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from duyen.entities import standard
from duyen.entities.counting import MOST_COUNTED
from duyen.entities.performing import perform
from duyen.entities.previewing import difference
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import AccessEpoch, FieldRight, RoleRight
from duyen.foundation.access.rules import ScopeFacts
from duyen.foundation.access.words import FieldLevel, Reach
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Absence, Position, Role, Unit
from duyen.kernel.clock import now, today
from duyen.modules.administration import previews
from duyen.modules.administration.actions import set_rights
from duyen.modules.administration.queries import field_rights_of_role, rights_of_role
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

CUSTOMERS = entity_named("customers")
USERS = entity_named("users")


@pytest.fixture
def records(cast: Cast) -> list[int]:
    """Customers of several people in several units, some without an owner."""
    places = [
        ("seller", "HP1"),
        ("teller", "HP1"),
        ("colleague", "HP2"),
        ("outsider", "HD1"),
        (None, "HP2"),
        (None, "KV1"),
    ]
    rows = [
        {
            "name": f"Khách kín {n}",
            "kind": "INDIVIDUAL",
            "owner": cast.users[who].pk if who else None,
            "unit": cast.unit(unit).pk,
        }
        for n, (who, unit) in enumerate(places * 2)
    ]
    made, _operation = standard.create_many(CUSTOMERS, actor=cast.actor("director"), rows=rows)
    ids = [each.id for each in made if each.id]
    standard.delete(CUSTOMERS, ids[-1], actor=cast.actor("director"))
    return ids


def state() -> tuple[Any, ...]:
    """Everything that a preview must leave as it is."""
    return (
        History.objects.count(),
        list(AccessEpoch.objects.values_list("value", flat=True)),
        sorted(Position.objects.values_list("pk", "role_id", "unit_id", "until", "is_main")),
        sorted(RoleRight.objects.values_list("role_id", "entity", "verb", "reach")),
        sorted(FieldRight.objects.values_list("role_id", "entity", "field", "level")),
        sorted(Unit.objects.values_list("pk", "parent_id", "kind")),
    )


def seen(cast: Cast, who: str, verb: str = "read") -> set[int]:
    return set(CUSTOMERS.rows(cast.actor(who), verb).values_list("pk", flat=True))


def of(preview: dict[str, Any], cast: Cast, who: str, verb: str = "Xem") -> dict[str, Any] | None:
    """Give what is told of one right on customers for one person."""
    person = next(each for each in preview["people"] if each["user_id"] == cast.users[who].pk)
    rights = [
        each
        for each in person["rights"]
        if str(each["entity"]) == "Khách hàng" and verb in [str(one) for one in each["verbs"]]
    ]
    return rights[0] if rights else None


def counts(told: dict[str, Any] | None) -> tuple[int, int]:
    return (0, 0) if told is None else (told["opened"]["count"].number, told["closed"]["count"].number)


def role(code: str) -> Role:
    return Role.objects.get(code=code)


def test_counts_exactly_the_records_on_one_side_alone(cast: Cast, records: list[int]) -> None:
    dice = random.Random(7)
    owners = [cast.users[who].pk for who in ("seller", "teller", "colleague", "outsider")]
    units = [cast.unit(code).pk for code in ("HP1", "HP2", "HD1", "KV1")]
    rows = {
        pk: (owner, unit)
        for pk, owner, unit in CUSTOMERS.rows(cast.actor("director")).values_list("pk", "owner_id", "unit_id")
    }

    def some(pool: list[int]) -> frozenset[int]:
        return frozenset(dice.sample(pool, dice.randint(0, len(pool))))

    def draw() -> ScopeFacts:
        return ScopeFacts(dice.random() < 0.15, some(owners), some(units), some(records))

    for _ in range(60):
        wider, than = draw(), draw()
        expected = {
            pk
            for pk, (owner, unit) in rows.items()
            if wider.covers(record_id=pk, owner_id=owner, unit_id=unit)
            and not than.covers(record_id=pk, owner_id=owner, unit_id=unit)
        }
        found = difference(CUSTOMERS, wider, than, actor=cast.actor("director"))
        assert found.count.number == len(expected)
        assert {each.id for each in found.examples} <= expected
        assert len(found.examples) == min(3, len(expected))


def test_stops_counting_at_ten_thousand(
    cast: Cast, records: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duyen.entities.previewing.MOST_COUNTED", 4)

    found = difference(CUSTOMERS, ScopeFacts(everything=True), ScopeFacts(), actor=cast.actor("director"))

    assert (found.count.number, found.count.is_more) == (4, True)
    assert MOST_COUNTED == 10_000


def test_a_position_opens_what_was_told(cast: Cast, records: list[int]) -> None:
    values = {"unit": cast.unit("KV1").pk, "role": role("AREA_HEAD").pk, "since": None, "is_main": True}
    before, was = state(), seen(cast, "seller")

    told = previews.preview_place(cast.actor("admin"), {"id": cast.users["seller"].pk}, values)

    assert state() == before
    perform(USERS, "place", cast.users["seller"].pk, actor=cast.actor("admin"), arguments=values)
    assert counts(of(told, cast, "seller")) == (len(seen(cast, "seller") - was), 0)
    assert counts(of(told, cast, "seller"))[0] > 0
    change = of(told, cast, "seller", "Bàn giao")
    assert change is not None
    assert (str(change["before"]), "Khu vực 1" in str(change["after"])) == ("không", True)


def test_ending_a_position_closes_what_was_told(cast: Cast, records: list[int]) -> None:
    values = {"unit": cast.unit("HP1").pk, "role": role("TELLER").pk, "until": None}
    before, was = state(), seen(cast, "teller")

    told = previews.preview_leave(cast.actor("admin"), {"id": cast.users["teller"].pk}, values)

    assert state() == before
    perform(USERS, "leave", cast.users["teller"].pk, actor=cast.actor("admin"), arguments=values)
    assert seen(cast, "teller") == set()
    assert counts(of(told, cast, "teller")) == (0, len(was))


def test_ending_a_position_closes_what_the_absent_opened_too(cast: Cast, records: list[int]) -> None:
    day, moment = today(), now()
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.absence")
        Absence.objects.create(
            user=cast.users["outsider"],
            deputy=cast.users["teller"],
            since=day,
            until=day,
            created_at=moment,
            updated_at=moment,
        )
    values = {"unit": cast.unit("HP1").pk, "role": role("TELLER").pk, "until": None}
    was = seen(cast, "teller")
    assert was & seen(cast, "outsider")

    told = previews.preview_leave(cast.actor("admin"), {"id": cast.users["teller"].pk}, values)

    assert counts(of(told, cast, "teller")) == (0, len(was))


def test_tells_of_the_day_when_it_will_be(cast: Cast, records: list[int]) -> None:
    later = today() + dt.timedelta(days=20)
    values = {"unit": cast.unit("HP1").pk, "role": role("TELLER").pk, "until": later}

    told = previews.preview_leave(cast.actor("admin"), {"id": cast.users["teller"].pk}, values)

    assert (told["day"], told["is_later"]) == (later + dt.timedelta(days=1), True)


def test_other_rights_of_a_role_change_what_was_told_for_each_who_holds_it(
    cast: Cast, records: list[int]
) -> None:
    teller = role("TELLER")
    rights = {**rights_of_role(teller.pk), ("customers", "read"): Reach.BRANCH}
    rights.pop(("customers", "change"))
    limits = {("customers", "tax_code"): FieldLevel.HIDDEN}
    before = state()
    was = {who: (seen(cast, who), seen(cast, who, "change")) for who in ("teller", "colleague")}

    told = previews.preview_rights(cast.actor("admin"), teller.pk, rights, limits)

    assert state() == before
    assert told["count"] == 2
    set_rights(teller.pk, actor=cast.actor("admin"), version=1, rights=rights, limits=limits)
    for who, (read, change) in was.items():
        assert counts(of(told, cast, who)) == (len(seen(cast, who) - read), 0)
        assert counts(of(told, cast, who, "Sửa")) == (0, len(change))
        person = next(each for each in told["people"] if each["user_id"] == cast.users[who].pk)
        (field,) = [each for each in person["fields"] if str(each["entity"]) == "Khách hàng"]
        assert (str(field["before"]), str(field["after"])) == ("xem và sửa", "ẩn")


def test_another_place_of_a_unit_changes_what_was_told(cast: Cast, records: list[int]) -> None:
    unit, head = cast.unit("HP2"), cast.unit("HD")
    before = state()
    was = {who: seen(cast, who) for who in cast.users}

    told = previews.preview_unit(
        cast.actor("admin"),
        {"id": unit.pk, "parent_id": unit.parent_id, "kind": unit.kind},
        {"parent": head.pk, "kind": unit.kind},
    )

    assert state() == before
    standard.change(
        entity_named("units"), unit.pk, actor=cast.actor("admin"), values={"parent": head.pk}, version=1
    )
    named = {each["user_id"] for each in told["people"]}
    for who, user in cast.users.items():
        will = seen(cast, who)
        if will != was[who]:
            assert user.pk in named, who
        if user.pk in named:
            assert counts(of(told, cast, who)) == (len(will - was[who]), len(was[who] - will))
    assert cast.users["manager"].pk in named


def test_another_place_of_a_unit_concerns_those_alone_whose_rights_go_through_it(
    cast: Cast, records: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    unit = cast.unit("HP2")
    monkeypatch.setattr(previews, "MOST_PEOPLE", 2)

    told = previews.preview_unit(
        cast.actor("admin"),
        {"id": unit.pk, "parent_id": unit.parent_id, "kind": unit.kind},
        {"parent": cast.unit("HD").pk, "kind": unit.kind},
    )

    assert {each["name"] for each in told["people"]} == {"Lê Mỹ Duyên", "Phạm Đức Thắng"}
    assert (told["count"], told["others"], told["is_nothing"]) == (2, 0, False)


def test_names_no_record_that_the_reader_may_not_read(cast: Cast, records: list[int]) -> None:
    values = {"unit": cast.unit("KV1").pk, "role": role("AREA_HEAD").pk, "since": None, "is_main": True}
    row = {"id": cast.users["teller"].pk}

    for_admin = of(previews.preview_place(cast.actor("admin"), row, values), cast, "teller")
    for_director = of(previews.preview_place(cast.actor("director"), row, values), cast, "teller")

    assert for_admin is not None
    assert for_director is not None
    assert for_admin["opened"]["examples"]
    assert len(set(for_admin["opened"]["examples"])) == len(for_admin["opened"]["examples"])
    assert "Khách kín" not in " ".join(for_admin["opened"]["examples"])
    assert "Khách kín" in " ".join(for_director["opened"]["examples"])


# --- on the pages -------------------------------------------------------------------------------------


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


def text(response: Any) -> str:
    return str(response.content.decode())


def test_previews_no_unit_below_itself(admin: Client, cast: Cast) -> None:
    unit = cast.unit("HP1")
    before = state()
    sent = {"name": unit.name, "code": unit.code, "kind": unit.kind, "version": str(unit.version)}

    shown = admin.post(f"/units/{unit.pk}/edit", sent | {"parent": str(unit.pk), "preview": "1"})

    assert shown.status_code == 422
    assert "Đơn vị không thể thuộc chính nó" in text(shown)
    assert "Chưa lưu gì." not in text(shown)
    assert state() == before


def test_shows_a_position_before_it_is_given_and_then_gives_it(
    admin: Client, cast: Cast, records: list[int]
) -> None:
    address = f"/users/{cast.users['seller'].pk}/place"
    sent = {"unit": str(cast.unit("HP1").pk), "role": str(role("TELLER").pk), "since": ""}
    before = state()

    shown = admin.post(address, sent | {"preview": "1"})

    assert shown.status_code == 200
    assert state() == before
    assert "Chưa lưu gì." in text(shown)
    assert "Khách hàng: xem" in text(shown)
    assert 'name="preview"' in text(shown)
    assert admin.post(address, sent).status_code == 302
    assert Position.objects.filter(user=cast.users["seller"], role=role("TELLER")).exists()


def test_shows_what_ending_a_position_closes_as_soon_as_it_is_asked(
    admin: Client, cast: Cast, records: list[int]
) -> None:
    held = cast.users["teller"].positions.get()
    page = text(admin.get(f"/users/{cast.users['teller'].pk}?tab=access"))
    address = f"/users/{cast.users['teller'].pk}/leave?preview=1&unit={held.unit_id}&role={held.role_id}"
    assert address.replace("&", "&amp;") in page
    before = state()

    shown = admin.get(address)

    assert "Chưa lưu gì." in text(shown)
    assert "đóng" in text(shown)
    assert state() == before


def test_shows_other_rights_of_a_role_before_they_are_saved_and_keeps_what_was_chosen(
    admin: Client, cast: Cast, records: list[int]
) -> None:
    teller = role("TELLER")
    sent = {
        f"right:{entity}:{verb}": reach.value for (entity, verb), reach in rights_of_role(teller.pk).items()
    }
    sent |= {"version": "1", "right:customers:read": "branch"}
    before = state()

    shown = admin.post(f"/roles/{teller.pk}/rights", sent | {"preview": "1"})

    assert shown.status_code == 200
    assert state() == before
    for words in ("Chưa lưu gì.", "Liên quan đến 2 người", "Trần Quốc Bảo", "Vũ Hoàng Yến"):
        assert words in text(shown)
    assert '<option value="branch" selected' in text(shown)
    assert admin.post(f"/roles/{teller.pk}/rights", sent).status_code == 302
    assert rights_of_role(teller.pk)["customers", "read"] is Reach.BRANCH
    assert field_rights_of_role(teller.pk) == {}


def test_shows_another_place_of_a_unit_before_it_is_saved(
    admin: Client, cast: Cast, records: list[int]
) -> None:
    unit = cast.unit("HP2")
    sent = {
        "name": unit.name,
        "code": unit.code,
        "kind": unit.kind,
        "parent": str(cast.unit("HD").pk),
        "version": "1",
    }
    before = state()

    shown = admin.post(f"/units/{unit.pk}/edit", sent | {"preview": "1"})
    wrong = admin.post(f"/units/{unit.pk}/edit", sent | {"preview": "1", "name": ""})

    assert shown.status_code == 200
    assert "Phạm Đức Thắng" in text(shown)
    assert wrong.status_code == 422
    assert state() == before
    assert admin.post(f"/units/{unit.pk}/edit", sent).status_code == 302
    assert Unit.objects.get(pk=unit.pk).parent_id == cast.unit("HD").pk


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_previews_for_those_alone_who_may_save(
    client: Client, cast: Cast, records: list[int], who: str
) -> None:
    client.force_login(cast.user(who))
    place = {"unit": str(cast.unit("HP1").pk), "role": str(role("TELLER").pk), "preview": "1"}

    answers = [
        client.post(f"/users/{cast.users['teller'].pk}/place", place),
        client.post(f"/roles/{role('TELLER').pk}/rights", {"version": "1", "preview": "1"}),
        client.post(f"/units/{cast.unit('HP2').pk}/edit", {"version": "1", "preview": "1"}),
    ]

    assert all(each.status_code in (403, 404) for each in answers)
    assert Party.objects.exists()
