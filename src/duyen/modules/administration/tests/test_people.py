"""Locking people out, handing over what they own, and giving them places."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.entities.undo import undo
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.foundation.org.administrators import LastAdministrator
from duyen.foundation.org.models import PasswordLink, Position, User, UserSession
from duyen.foundation.org.passwords import LinkOver, make_link, user_of_link
from duyen.foundation.org.queries import positions_of
from duyen.kernel.clock import today
from duyen.modules.administration.actions import invite_user, make_password_link
from duyen.modules.administration.actions.people import (
    AlreadyPlaced,
    LeavesBefore,
    NotPlaced,
    NotYourself,
    StillOwns,
    WrongTaker,
)
from duyen.surfaces.api.tokens import create_token
from duyen.surfaces.api.tokens import user_of as token_user
from duyen.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


def _role(code: str) -> int:
    return int(entity_named("roles").model._default_manager.values_list("pk", flat=True).get(code=code))


def _step(cast: Cast, verb: str, who: str, **arguments: Any) -> None:
    _step_by("admin", cast, verb, who, **arguments)


def _step_by(by: str, cast: Cast, verb: str, who: str, **arguments: Any) -> None:
    perform(entity_named("users"), verb, cast.users[who].pk, actor=cast.actor(by), arguments=arguments)


def _customers(cast: Cast, count: int) -> list[int]:
    customers = entity_named("customers")
    rows = [{"name": f"Khách {number}", "kind": "INDIVIDUAL"} for number in range(count)]
    made, _operation = standard.create_many(customers, actor=cast.actor("seller"), rows=rows)
    ids = [each.id for each in made if each.id is not None]
    standard.delete(customers, ids[0], actor=cast.actor("seller"))
    return ids


def test_locks_every_door_at_once(client: Client, cast: Cast) -> None:
    client.post("/login", {"email": "seller@example.com", "password": PASSWORD})
    token = make_link(cast.users["seller"], actor=system_actor("tests"))
    api = create_token(actor=cast.actor("seller"), email="seller@example.com").secret
    assert token_user(api) == cast.users["seller"]
    assert client.get("/profile").status_code == 200

    _step(cast, "lock", "seller")

    assert UserSession.objects.filter(user_id=cast.users["seller"].pk).count() == 0
    assert client.get("/profile").status_code == 302
    again = client.post("/login", {"email": "seller@example.com", "password": PASSWORD})
    assert again.status_code == 422
    with pytest.raises(LinkOver):
        user_of_link(token)
    _step(cast, "unlock", "seller")
    assert token_user(api) is None
    entry = History.objects.filter(entity="users", verb="users.lock").get()
    assert entry.changes == {"is_active": [True, False]}


def test_does_not_lock_who_owns_records_and_says_how_many(cast: Cast) -> None:
    _customers(cast, 3)
    before = History.objects.count()

    with pytest.raises(StillOwns) as refused:
        _step(cast, "lock", "seller")

    assert refused.value.params == {"name": "Nguyễn Hồng Hạnh", "held": "Khách hàng: 3"}
    assert cast.user("seller").is_active
    assert History.objects.count() == before


def test_hands_over_in_the_same_step_the_bin_included(cast: Cast) -> None:
    ids = _customers(cast, 3)
    contact = standard.create(entity_named("contacts"), actor=cast.actor("seller"), values={"name": "Lan"}).id
    model = entity_named("customers").model

    _step(cast, "lock", "seller", hand_over_to=cast.users["teller"].pk)

    owners = set(model._default_manager.filter(pk__in=[*ids, contact]).values_list("owner_id", flat=True))
    assert owners == {cast.users["teller"].pk}
    assert not cast.user("seller").is_active
    verbs = History.objects.filter(record_id=ids[1], kind="U").values_list(
        "verb", "actor_id", "record_version"
    )
    assert list(verbs) == [("customers.hand_over", cast.users["admin"].pk, 2)]
    assert History.objects.filter(record_id=contact, verb="contacts.hand_over").count() == 1


def test_an_undo_gives_nothing_back_to_who_is_locked(cast: Cast) -> None:
    ids = _customers(cast, 2)
    _step(cast, "lock", "seller", hand_over_to=cast.users["teller"].pk)
    operation = History.objects.filter(record_id=ids[1], verb="customers.hand_over").get().operation

    undone = undo(operation, actor=cast.actor("director"), record_id=ids[1])

    owners = entity_named("customers").model._default_manager.values_list("owner_id", flat=True)
    assert owners.get(pk=ids[1]) == cast.users["teller"].pk
    assert [each.name for each in undone.left_fields] == ["owner"]


@pytest.mark.parametrize("taker", ["seller", "locked"])
def test_hands_over_to_somebody_else_who_can_work(cast: Cast, taker: str) -> None:
    _customers(cast, 2)
    _step(cast, "lock", "outsider")
    to = cast.users["outsider" if taker == "locked" else "seller"].pk

    with pytest.raises(WrongTaker):
        _step(cast, "lock", "seller", hand_over_to=to)

    assert cast.user("seller").is_active


def test_never_locks_oneself_or_the_last_administrator(cast: Cast) -> None:
    with pytest.raises(NotYourself):
        _step(cast, "lock", "admin")
    with pytest.raises(LastAdministrator):
        perform(
            entity_named("users"),
            "lock",
            cast.users["admin"].pk,
            actor=system_actor("tests"),
            arguments={},
        )

    assert cast.user("admin").is_active


def test_does_not_end_the_last_administrators_position(cast: Cast) -> None:
    place = {"unit": cast.unit("HO").pk, "role": _role("ADMIN")}

    with pytest.raises(LastAdministrator):
        _step(cast, "leave", "admin", **place)

    assert len(positions_of(cast.users["admin"].pk)) == 1
    _step(cast, "place", "director", **place)
    _step(cast, "leave", "admin", **place)
    assert positions_of(cast.users["admin"].pk) == []


def test_an_administrator_whose_time_is_limited_does_not_count(cast: Cast) -> None:
    place = {"unit": cast.unit("HO").pk, "role": _role("ADMIN")}

    with pytest.raises(LastAdministrator):
        _step(cast, "leave", "admin", **place, until=today() + dt.timedelta(days=30))


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_lets_administrators_alone_lock(cast: Cast, who: str) -> None:
    with pytest.raises((NotAllowed, NotFound)):
        _step_by(who, cast, "lock", "teller")

    assert cast.user("teller").is_active


def test_unlocks_with_the_positions_as_they_were(cast: Cast) -> None:
    _step(cast, "lock", "seller")
    with pytest.raises(NotNow):
        _step(cast, "lock", "seller")

    _step(cast, "unlock", "seller")

    assert cast.user("seller").is_active
    assert cast.actor("seller").may("customers", "create")


def test_gives_and_ends_positions_at_once(cast: Cast) -> None:
    place = {"unit": cast.unit("HP2").pk, "role": _role("TELLER")}
    assert cast.unit("HP2").pk not in cast.actor("seller").scope("customers", "read").units

    _step(cast, "place", "seller", **place, is_main=True)

    assert cast.unit("HP2").pk in cast.actor("seller").scope("customers", "read").units
    assert [held.is_main for held in positions_of(cast.users["seller"].pk)] == [True, False]
    with pytest.raises(AlreadyPlaced):
        _step(cast, "place", "seller", **place)
    _step(cast, "leave", "seller", **place)
    assert cast.unit("HP2").pk not in cast.actor("seller").scope("customers", "read").units
    with pytest.raises(NotPlaced):
        _step(cast, "leave", "seller", **place)


def test_ends_a_position_not_before_it_began(cast: Cast) -> None:
    place = {"unit": cast.unit("HP1").pk, "role": _role("SALES_REP")}

    with pytest.raises(LeavesBefore):
        _step(cast, "leave", "seller", **place, until=today() - dt.timedelta(days=31))

    _step(cast, "leave", "seller", **place, until=today())
    assert Position.objects.get(user=cast.users["seller"]).until == today()
    assert cast.actor("seller").may("customers", "read")


def test_makes_a_person_with_a_position_and_a_link(cast: Cast) -> None:
    made = invite_user(
        actor=cast.actor("admin"),
        values={"full_name": "Ngô Thị Tám", "email": "Tam@example.com"},
        unit=cast.unit("HP1").pk,
        role=_role("TELLER"),
    )

    user = User.objects.get(pk=made.user_id)
    assert (user.email, user.language, user.has_usable_password()) == ("tam@example.com", "vi", False)
    assert user_of_link(made.token) == user
    assert PasswordLink.objects.get().is_invitation
    assert [(held.unit, held.is_main) for held in positions_of(user.pk)] == [("Cửa hàng Hồng Bàng", True)]


@pytest.mark.parametrize("email", ["seller@example.com", "SELLER@example.com", "no address"])
def test_refuses_an_email_that_is_taken_or_none(cast: Cast, email: str) -> None:
    with pytest.raises(InvalidValues) as refused:
        standard.create(
            entity_named("users"), actor=cast.actor("admin"), values={"full_name": "Tám", "email": email}
        )

    assert [problem.field for problem in refused.value.problems] == ["email"]


def test_a_newer_link_replaces_the_older(cast: Cast) -> None:
    first = make_password_link(cast.users["seller"].pk, actor=cast.actor("admin"))

    second = make_password_link(cast.users["seller"].pk, actor=cast.actor("admin"))

    with pytest.raises(LinkOver):
        user_of_link(first)
    assert user_of_link(second).email == "seller@example.com"
    made = History.objects.filter(entity="password_links", verb="users.make_link", kind="I")
    assert {entry.root_id for entry in made} == {cast.users["seller"].pk}
    assert all(second not in str(entry.changes) for entry in made)


def test_makes_links_for_administrators_alone(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        make_password_link(cast.users["seller"].pk, actor=cast.actor("director"))

    assert PasswordLink.objects.count() == 0
