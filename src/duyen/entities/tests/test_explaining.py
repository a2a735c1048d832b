"""What is explained is what decides: held against the rows that each person really gets."""

from __future__ import annotations

import datetime as dt
import random

import pytest
from django.db import transaction

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.explaining import explain_record, may_explain, place_of
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.rights import verbs_on_a_record
from duyen.entities.seeing import people_with, roles_opening, who_sees
from duyen.entities.sharing import share
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight, RoleRight
from duyen.foundation.access.words import CHANGE, DELETE, READ, Reach, Why
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Absence, Position, Role, Unit, User
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import now, today
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _records(cast: Cast, customers: Entity) -> list[int]:
    """Customers and contacts of several people in several units, one of them in the bin."""
    director = cast.actor("director")
    places = [("seller", "HP1"), ("teller", "HP2"), ("outsider", "HD1"), ("seller", "HD1"), ("manager", "HP")]
    ids = []
    for entity in (customers, entity_named("contacts")):
        rows = [
            {"name": f"Khách {n}", "owner": cast.users[who].pk, "unit": cast.unit(unit).pk}
            | ({"kind": "INDIVIDUAL"} if entity is customers else {})
            for n, (who, unit) in enumerate(places)
        ]
        made, _operation = standard.create_many(entity, actor=director, rows=rows)
        ids += [each.id for each in made if each.id]
        standard.delete(entity, ids[-1], actor=director)
    return ids


def _shake(seed: int, ids: list[int]) -> None:
    """Give random positions, rights and shares to everybody."""
    dice = random.Random(seed)
    users, units = list(User.objects.order_by("pk")), list(Unit.objects.order_by("pk"))
    roles = list(Role.objects.order_by("pk"))
    day, moment = today(), now()
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.shake")
        RoleRight.objects.filter(
            pk__in=dice.sample(list(RoleRight.objects.values_list("pk", flat=True)), 40)
        ).delete()
        for role in dice.sample(roles, 5):
            RoleRight.objects.update_or_create(
                role=role,
                entity="customers",
                verb=dice.choice([READ, CHANGE, DELETE]),
                defaults={"reach": dice.choice(list(Reach)).value},
            )
        for user in users:
            since = day + dt.timedelta(days=dice.choice([-40, -20, 5]))
            Position.objects.create(
                user=user,
                role=dice.choice(roles),
                unit=dice.choice(units),
                since=since,
                until=dice.choice([None, since + dt.timedelta(days=30), since + dt.timedelta(days=5)]),
                created_at=moment,
                updated_at=moment,
            )
        for _ in range(4):
            away, deputy = dice.sample(users, 2)
            Absence.objects.create(
                user=away, deputy=deputy, since=day, until=day, created_at=moment, updated_at=moment
            )
        for record_id in ids:
            Share.objects.create(
                entity=dice.choice(["customers", "contacts"]),
                record_id=record_id,
                user=dice.choice(users),
                may_change=dice.choice([True, False]),
                created_at=moment,
                until=dice.choice([None, day, day - dt.timedelta(days=1)]),
            )


@pytest.mark.parametrize("seed", range(3))
def test_an_explanation_is_open_exactly_where_the_rows_are(cast: Cast, customers: Entity, seed: int) -> None:
    ids = _records(cast, customers)
    _shake(seed, ids)
    shared = [customers, entity_named("contacts")]
    cases = [(entity, record_id) for entity in shared for record_id in ids]
    cases += [
        (entity_named("users"), cast.users["seller"].pk),
        (entity_named("roles"), Role.objects.earliest("pk").pk),
    ]

    for entity, record_id in cases:
        place = place_of(entity, record_id)
        for who in cast.users:
            actor = cast.actor(who)
            found = explain_record(place, cast.users[who].pk)
            for verb in verbs_on_a_record(entity):
                verdict = found.verdict(verb.verb)
                is_among = entity.rows(actor, verb.verb).filter(pk=record_id).exists()
                assert verdict.explanation.is_open == is_among, (entity.name, record_id, who, verb.verb)
                assert bool(verdict.missing) == (not verdict.may)
                assert bool(verdict.reasons) == bool(verdict.explanation.openings)


@pytest.mark.parametrize("seed", range(3))
def test_names_exactly_the_people_who_get_the_record(cast: Cast, customers: Entity, seed: int) -> None:
    ids = _records(cast, customers)
    _shake(seed, ids)
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.lock")
        User.objects.filter(pk=cast.users["teller"].pk).update(is_active=False)

    for record_id in ids:
        place = place_of(customers, record_id)
        if place.bars:
            continue
        for verb in (READ, CHANGE, DELETE):
            expected = {
                cast.users[who].pk
                for who in cast.users
                if who != "teller" and customers.rows(cast.actor(who), verb).filter(pk=record_id).exists()
            }
            assert set(people_with(place, verb).values_list("pk", flat=True)) == expected
        found = who_sees(place)
        assert found.count == len(found.shown) == people_with(place, READ).count()
        assert all(each.accesses for each in found.shown)
        changers = set(people_with(place, CHANGE).values_list("pk", flat=True))
        assert {each.user_id for each in found.shown if each.may_change} == changers & {
            each.user_id for each in found.shown
        }


def _one(cast: Cast, customers: Entity) -> int:
    made = standard.create(
        customers, actor=cast.actor("seller"), values={"name": "Phạm Thị Mai", "kind": "INDIVIDUAL"}
    )
    return made.id


def test_says_which_right_ends_before_the_record(cast: Cast, customers: Entity) -> None:
    place = place_of(customers, _one(cast, customers))

    found = explain_record(place, cast.users["colleague"].pk).verdict(READ)

    assert not found.may
    (sentence,) = found.missing
    for words in (
        "Giao dịch viên",
        "Cửa hàng An Dương",
        "Cửa hàng Hồng Bàng",
        "Khu vực 1",
        "Nguyễn Hồng Hạnh",
    ):
        assert words in sentence


def test_says_that_no_role_gives_the_right_and_which_position_is_over(cast: Cast, customers: Entity) -> None:
    place = place_of(customers, _one(cast, customers))
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.end")
        Position.objects.filter(user=cast.users["manager"]).update(
            until=today() - dt.timedelta(days=1), is_main=False
        )

    manager = explain_record(place, cast.users["manager"].pk).verdict(READ)
    admin = explain_record(place, cast.users["admin"].pk).verdict(READ)

    assert len(manager.missing) == 2
    assert "Trưởng khu vực" in manager.missing[1]
    assert "Quản trị viên" in admin.missing[0]


def test_says_by_whom_and_until_when_a_record_is_shared(cast: Cast, customers: Entity) -> None:
    record_id = _one(cast, customers)
    until = today() + dt.timedelta(days=3)
    share(customers, record_id, actor=cast.actor("manager"), user=cast.users["outsider"].pk, until=until)

    found = explain_record(place_of(customers, record_id), cast.users["outsider"].pk)

    assert found.verdict(READ).may
    (sentence,) = found.verdict(READ).reasons
    assert "Phạm Đức Thắng" in sentence
    assert until.strftime("%d/%m/%Y") in sentence
    assert not found.verdict(CHANGE).may
    seer = next(each for each in who_sees(place_of(customers, record_id)).shown if each.name == "Đặng Văn Ấn")
    assert ([each.why for each in seer.accesses], seer.may_change) == ([Why.SHARE], False)


def test_says_that_the_bin_or_another_kind_keeps_it_closed(cast: Cast, customers: Entity) -> None:
    record_id = _one(cast, customers)
    contacts = entity_named("contacts")
    as_contact = explain_record(place_of(contacts, record_id), cast.users["seller"].pk)
    standard.delete(customers, record_id, actor=cast.actor("seller"))

    in_bin = explain_record(place_of(customers, record_id), cast.users["seller"].pk)

    assert str(customers.labels) in as_contact.verdict(READ).missing[0]
    assert not in_bin.verdict(READ).may
    assert in_bin.verdict(READ).reasons


def test_a_locked_account_may_nothing(cast: Cast, customers: Entity) -> None:
    record_id = _one(cast, customers)
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.lock")
        User.objects.filter(pk=cast.users["seller"].pk).update(is_active=False)

    found = explain_record(place_of(customers, record_id), cast.users["seller"].pk)

    assert not any(each.may for each in found.verdicts)
    assert all(each.missing for each in found.verdicts)


def test_names_the_roles_behind_a_hidden_field(cast: Cast, customers: Entity) -> None:
    record_id = _one(cast, customers)
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.hide")
        role = Role.objects.get(code="SALES_REP")
        FieldRight.objects.create(role=role, entity="customers", field="tax_code", level="hidden")

    limits = explain_record(place_of(customers, record_id), cast.users["seller"].pk).limits

    # What follows from the field is hidden with it.
    hidden = [str(customers.field(name).label) for name in ("tax_code", "completeness")]
    assert [(str(each.label), each.roles) for each in limits] == [
        (label, ("Nhân viên kinh doanh",)) for label in hidden
    ]


def test_proposes_the_roles_that_would_open_it_in_its_unit(cast: Cast, customers: Entity) -> None:
    place = place_of(customers, _one(cast, customers))

    roles = roles_opening(place, READ)

    assert roles[0] == (Role.objects.get(code="TELLER").pk, Reach.TEAM)
    assert [reach for _role, reach in roles] == sorted(
        (reach for _role, reach in roles), key=list(Reach).index
    )
    assert Role.objects.get(code="SALES_REP").pk not in dict(roles)


def test_asks_no_more_for_a_thousand_people_than_for_eight(
    cast: Cast, customers: Entity, django_assert_max_num_queries: object
) -> None:
    place = place_of(customers, _one(cast, customers))
    moment, teller = now(), Role.objects.get(code="TELLER")
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.crowd")
        crowd = User.objects.bulk_create(
            User(email=f"p{n}@example.com", full_name=f"Người {n}", created_at=moment, updated_at=moment)
            for n in range(1000)
        )
        Position.objects.bulk_create(
            Position(
                user=each,
                unit=cast.unit("HP1"),
                role=teller,
                since=today(),
                created_at=moment,
                updated_at=moment,
            )
            for each in crowd
        )

    with django_assert_max_num_queries(16):  # type: ignore[operator]
        found = who_sees(place)
    narrowed = who_sees(place, words="nguoi 77")

    assert (found.is_cut, found.count > 1000) == (True, True)
    assert {each.name for each in narrowed.shown} >= {"Người 77", "Người 770"}


def test_lets_those_ask_who_may_share_it_or_have_the_right(cast: Cast, customers: Entity) -> None:
    place = place_of(customers, _one(cast, customers))

    asking = {who for who in cast.users if may_explain(cast.actor(who), place)}

    assert asking == {"manager", "director", "admin"}


def test_knows_no_record_and_no_person_that_is_not_there(cast: Cast, customers: Entity) -> None:
    with pytest.raises(NotFound):
        place_of(customers, 987_654)
    with pytest.raises(NotFound):
        explain_record(place_of(customers, _one(cast, customers)), 987_654)


def test_every_entity_can_be_explained(cast: Cast) -> None:
    assert all(verbs_on_a_record(entity)[0].verb == READ for entity in all_entities())
