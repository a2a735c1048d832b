"""A deputy reads and changes what the absent person owns, and nothing further, in every rendering alike."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.explaining import place_of
from duyen.entities.history import history
from duyen.entities.paging import View, page
from duyen.entities.seeing import people_with
from duyen.entities.sharing import share
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.rules import Deputyship, deputyships_for
from duyen.foundation.access.words import CHANGE, DEPUTY_VERBS, EXPORT, READ, STANDARD_VERBS, Door
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.org.absences import record_absence
from duyen.foundation.org.models import Absence, Position, Role
from duyen.kernel import clock
from duyen.kernel.clock import today
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

SYSTEM = system_actor("tests")
_PEOPLE = ("seller", "teller", "colleague", "outsider", "manager", "care_agent", "admin")


def _away(cast: Cast, who: str, deputy: str, *, since: int = 0, days: int = 3) -> Absence:
    first = today() + dt.timedelta(days=since)
    last = first + dt.timedelta(days=days - 1)
    absent, stands_in = cast.users[who].pk, cast.users[deputy].pk
    return record_absence(absent, actor=SYSTEM, since=first, until=last, deputy=stands_in)


def _seen(entity: Entity, actor: Actor, verb: str = READ) -> set[int]:
    return set(entity.rows(actor, verb).values_list("pk", flat=True))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    pairs=st.dictionaries(st.sampled_from(_PEOPLE), st.sampled_from(_PEOPLE), max_size=4),
    limit=st.integers(1, 9),
)
def test_every_rendering_opens_what_both_may_and_the_absent_one_owns(
    cast: Cast, customers: Entity, make_customer: MakeCustomer, pairs: dict[str, str], limit: int
) -> None:
    with transaction.atomic():
        for who in ("seller", "teller", "colleague", "outsider"):
            make_customer(by=who)
        owners = dict(customers.rows(cast.actor("director")).values_list("pk", "owner_id"))
        places = {pk: place_of(customers, pk) for pk in owners}
        before = {who: cast.actor(who) for who in _PEOPLE}
        alone = {
            (who, verb): _seen(customers, before[who], verb) for who in _PEOPLE for verb in STANDARD_VERBS
        }
        for who, deputy in pairs.items():
            if who != deputy:
                _away(cast, who, deputy)

        told = {
            (verb, pk): set(people_with(places[pk], verb).values_list("pk", flat=True))
            for verb in STANDARD_VERBS
            for pk in owners
        }
        for who in _PEOPLE:
            absent = {away for away, deputy in pairs.items() if deputy == who != away}
            actor, user_id = cast.actor(who), cast.users[who].pk
            for verb in STANDARD_VERBS:
                passed_on = {
                    cast.users[away].pk
                    for away in absent
                    if verb in DEPUTY_VERBS
                    and before[who].may("customers", verb)
                    and before[away].may("customers", verb)
                }
                expected = alone[who, verb] | {pk for pk, owner in owners.items() if owner in passed_on}
                assert _seen(customers, actor, verb) == expected
                assert {
                    pk for pk in owners if actor.explain("customers", verb, places[pk].standing).is_open
                } == expected
                assert {pk for pk in owners if user_id in told[verb, pk]} == expected
            assert set(_listed(customers, actor, limit)) == _seen(customers, actor)
        transaction.set_rollback(True)


def _listed(entity: Entity, actor: Actor, limit: int) -> list[int]:
    ids: list[int] = []
    after: str | None = None
    while True:
        found = page(entity, entity.listing(), actor=actor, view=View(limit=limit), after=after)
        ids += [row["id"] for row in found.rows]
        if found.next is None:
            return ids
        after = found.next


@given(
    holds=st.booleans(),
    verb=st.sampled_from(STANDARD_VERBS),
    rights=st.frozensets(
        st.tuples(st.sampled_from(["customers", "contacts"]), st.sampled_from(STANDARD_VERBS))
    ),
)
def test_passes_on_reading_and_changing_where_both_hold_the_right(
    holds: bool, verb: str, rights: frozenset[tuple[str, str]]
) -> None:
    given_ = Deputyship(7, "Hạnh", dt.date(2026, 12, 1), rights)

    found = deputyships_for([given_], entity="customers", verb=verb, holds=holds)

    passes = holds and verb in (READ, CHANGE) and ("customers", verb) in rights
    assert found == ((given_,) if passes else ())


def test_a_deputy_changes_but_neither_deletes_exports_hands_over_nor_shares(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = make_customer(by="seller")
    with pytest.raises(NotFound):
        standard.change(customers, made, actor=cast.actor("outsider"), values={"note": "x"}, version=1)
    _away(cast, "seller", "outsider")
    deputy = cast.actor("outsider")

    done = standard.change(customers, made, actor=deputy, values={"note": "Gọi lại"}, version=1)

    before = History.objects.count()
    for refused in (
        lambda: standard.delete(customers, made, actor=deputy, version=2),
        lambda: standard.hand_over(customers, [made], actor=deputy, owner=cast.users["outsider"].pk),
        lambda: share(customers, made, actor=deputy, user=cast.users["teller"].pk),
        lambda: standard.change(
            customers, made, actor=deputy, values={"owner": cast.users["outsider"].pk}, version=2
        ),
    ):
        with pytest.raises(NotAllowed):
            refused()
    assert not customers.rows(deputy, EXPORT).filter(pk=made).exists()
    assert (done.version, History.objects.count()) == (2, before)


def test_begins_with_the_first_day_and_ends_after_the_last(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = make_customer(by="seller")
    _away(cast, "seller", "outsider", since=1, days=2)
    noon = dt.datetime.combine(today(), dt.time(5), dt.UTC)

    open_on = []
    for days in range(5):
        with clock.stopped(noon + dt.timedelta(days=days)):
            open_on.append(made in _seen(customers, cast.actor("outsider")))

    assert open_on == [False, True, True, False, False]


def test_the_deputy_of_a_deputy_gets_nothing_and_two_may_stand_in_for_each_other(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = make_customer(by="seller")
    _away(cast, "seller", "outsider")
    _away(cast, "outsider", "care_agent")

    assert made in _seen(customers, cast.actor("outsider"))
    assert cast.users["seller"].pk not in cast.actor("care_agent").scope("customers", READ).owners
    Absence.objects.filter(deputy=cast.users["care_agent"]).update(deputy=cast.users["seller"])
    assert [each.name for each in cast.actor("seller").facts.deputy_for] == ["Đặng Văn Ấn"]  # type: ignore[union-attr]


def test_ends_when_the_absent_one_is_locked_or_loses_the_right(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    made = make_customer(by="seller")
    _away(cast, "seller", "outsider")
    trail.begin(SYSTEM, "tests.change")
    Position.objects.filter(user=cast.users["seller"]).update(role=Role.objects.get(code="ADMIN"))

    assert made not in _seen(customers, cast.actor("outsider"))


def test_the_trail_names_on_whose_behalf_a_deputy_wrote_and_nobody_else(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    theirs, own = make_customer(by="seller"), make_customer(by="outsider")
    _away(cast, "seller", "outsider")
    _away(cast, "teller", "manager")
    for made in (theirs, own):
        standard.change(customers, made, actor=cast.actor("outsider"), values={"note": "Gọi lại"}, version=1)
    colleague = make_customer(by="teller")
    standard.change(customers, colleague, actor=cast.actor("manager"), values={"note": "Gọi"}, version=1)

    written = History.objects.filter(verb="customers.change").values_list(
        "root_id", "actor_id", "on_behalf_of"
    )
    assert set(written) == {
        (theirs, cast.users["outsider"].pk, cast.users["seller"].pk),
        (own, cast.users["outsider"].pk, None),
        # The manager's own right opens what stands in his area: there he acts for nobody.
        (colleague, cast.users["manager"].pk, None),
    }
    told = history(customers, theirs, actor=cast.actor("seller"))
    assert told.linked["users"][cast.users["seller"].pk].label == "Nguyễn Hồng Hạnh"


def test_costs_no_query_once_it_is_known(cast: Cast, customers: Entity, make_customer: MakeCustomer) -> None:
    make_customer(by="seller")
    user = cast.user("outsider")

    def count() -> int:
        actor_for(user, Door.WEB)
        with CaptureQueriesContext(connection) as captured:
            page(customers, customers.listing(), actor=actor_for(user, Door.WEB), view=View())
        return len(captured)

    before = count()
    _away(cast, "seller", "outsider")

    assert count() == before
