"""Contacts of an organisation: who they are there, and who may see them."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.history import history
from duyen.entities.performing import NotNow
from duyen.foundation.audit.models import History
from duyen.kernel.clock import today
from duyen.modules.parties import tabs
from duyen.modules.parties.actions.ties import AlreadyTied, NoSuchTie
from duyen.modules.parties.models import Party, Tie
from duyen.modules.parties.tests.conftest import Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
TRA = {"name": "Phan Thu Trà", "phones": ["0912 345 678"], "job_title": "Giám đốc Mua hàng"}


def _untouched() -> tuple[int, int, int]:
    """All that a refusal must leave as it was."""
    return Party.objects.count(), Tie.objects.count(), History.objects.count()


def _row(entity: Entity, cast: Cast, record_id: int, by: str = "seller") -> dict[str, object]:
    return dict(entity.rows(cast.actor(by)).filter(pk=record_id).values(*entity.columns).get())


def test_makes_a_new_person_a_contact_in_one_step(
    cast: Cast, contacts: Entity, make: Make, take: Take
) -> None:
    company = make("Công ty CP Hòa Thuận")

    take("add_contact", company, **TRA, role="DECISION_MAKER", is_main=True)

    tie = Tie.objects.get()
    assert (tie.to_party_id, tie.kind, tie.role, tie.is_main) == (company, "WORKS_AT", "DECISION_MAKER", True)
    assert (tie.job_title, tie.since, tie.until) == ("Giám đốc Mua hàng", today(), None)
    person = contacts.rows(cast.actor("seller")).get(pk=tie.party_id)
    assert (person.name, person.phones, person.unit_id) == (
        TRA["name"],
        ["+84912345678"],
        cast.unit("HP1").pk,
    )


def test_never_lists_a_mere_contact_among_the_customers(
    cast: Cast, customers: Entity, make: Make, take: Take
) -> None:
    company = make("Công ty CP Hòa Thuận")

    take("add_contact", company, **TRA)

    assert list(customers.rows(cast.actor("director")).values_list("pk", flat=True)) == [company]


def test_lets_a_customer_be_a_contact_of_several_organisations(
    cast: Cast, customers: Entity, contacts: Entity, make: Make, take: Take
) -> None:
    first, second = make("Công ty A"), make("Công ty B")
    person = make("Lưu Quang Vinh", kind="INDIVIDUAL")

    take("add_contact", first, customer=person, role="INFLUENCER")
    take("add_contact", second, contact=person, role="GATEKEEPER")

    assert dict(Tie.objects.values_list("to_party_id", "role")) == {first: "INFLUENCER", second: "GATEKEEPER"}
    actor = cast.actor("seller")
    assert customers.rows(actor).filter(pk=person).exists()
    assert contacts.rows(actor).filter(pk=person).exists()
    assert [each.role for each in Party.objects.get(pk=person).roles.order_by("pk")] == [
        "CUSTOMER",
        "CONTACT",
    ]


def test_stands_in_the_history_of_both_ends(
    cast: Cast, customers: Entity, contacts: Entity, make: Make, take: Take
) -> None:
    company = make("Công ty CP Hòa Thuận")
    take("add_contact", company, **TRA)
    person = Tie.objects.get().party_id

    ends = [(customers, company, "party"), (contacts, person, "to_party")]
    for entity, record_id, far_end in ends:
        newest = history(entity, record_id, actor=cast.actor("seller")).steps[0]
        told = {change.field.name: change.now for change in newest.changes}
        assert newest.verb == "add_contact"
        assert told["job_title"] == "Giám đốc Mua hàng"
        assert far_end in told


def test_keeps_one_main_contact(make: Make, take: Take) -> None:
    company = make("Công ty CP Hòa Thuận")
    take("add_contact", company, **TRA, is_main=True)
    take("add_contact", company, name="Lưu Quang Vinh")
    first, second = Tie.objects.order_by("pk").values_list("pk", flat=True)

    take("make_main_contact", company, tie=second)

    assert dict(Tie.objects.values_list("pk", "is_main")) == {first: False, second: True}


def test_changes_role_and_title(make: Make, take: Take) -> None:
    company = make("Công ty CP Hòa Thuận")
    take("add_contact", company, **TRA, role="END_USER")
    tie = Tie.objects.get()

    take("change_contact", company, tie=tie.pk, job_title="Tổng giám đốc", role="DECISION_MAKER")

    tie.refresh_from_db()
    assert (tie.job_title, tie.role, tie.since) == ("Tổng giám đốc", "DECISION_MAKER", today())


def test_ends_a_tie_and_lets_the_person_come_back(make: Make, take: Take) -> None:
    company, person = make("Công ty CP Hòa Thuận"), make("Lưu Quang Vinh", kind="INDIVIDUAL")
    take("add_contact", company, customer=person)

    take("end_tie", company, tie=Tie.objects.get().pk)
    take("add_contact", company, customer=person)

    assert list(Tie.objects.order_by("pk").values_list("until", flat=True)) == [today(), None]


def test_refuses_a_last_day_before_the_first(make: Make, take: Take) -> None:
    company = make("Công ty CP Hòa Thuận")
    take("add_contact", company, **TRA)
    before = _untouched()

    with pytest.raises(InvalidValues) as refusal:
        take("end_tie", company, tie=Tie.objects.get().pk, until=today() - dt.timedelta(days=3))

    assert refusal.value.problems[0].field == "until"
    assert _untouched() == before
    assert Tie.objects.get().until is None


def test_refuses_the_same_tie_twice(make: Make, take: Take) -> None:
    company, person = make("Công ty CP Hòa Thuận"), make("Lưu Quang Vinh", kind="INDIVIDUAL")
    take("add_contact", company, customer=person)
    before = _untouched()

    with pytest.raises(AlreadyTied):
        take("add_contact", company, contact=person)

    assert _untouched() == before


@pytest.mark.parametrize("by", ["nobody", "both"])
def test_refuses_a_contact_who_is_nobody_or_two_people(make: Make, take: Take, by: str) -> None:
    company, person = make("Công ty CP Hòa Thuận"), make("Lưu Quang Vinh", kind="INDIVIDUAL")
    before = _untouched()

    with pytest.raises(InvalidValues):
        take("add_contact", company, **({"name": "Trà", "customer": person} if by == "both" else {}))

    assert _untouched() == before


def test_refuses_a_contact_of_a_person(make: Make, take: Take) -> None:
    person = make("Lưu Quang Vinh", kind="INDIVIDUAL")
    before = _untouched()

    with pytest.raises(NotNow):
        take("add_contact", person, **TRA)

    assert _untouched() == before


def test_refuses_a_phone_that_is_none_at_its_own_field(make: Make, take: Take) -> None:
    company = make("Công ty CP Hòa Thuận")
    before = _untouched()

    with pytest.raises(InvalidValues) as refusal:
        take("add_contact", company, name="Trà", phones=["123"])

    assert refusal.value.problems[0].field == "phones"
    assert _untouched() == before


def test_refuses_somebody_whom_the_actor_may_not_see(make: Make, take: Take) -> None:
    company, stranger = make("Công ty A"), make("Người lạ", kind="INDIVIDUAL", by="outsider")
    before = _untouched()

    with pytest.raises(InvalidValues) as refusal:
        take("add_contact", company, customer=stranger)

    assert refusal.value.problems[0].field == "customer"
    assert _untouched() == before


@pytest.mark.parametrize(
    ("by", "refusal"),
    [("outsider", NotFound), ("colleague", NotFound), ("director", None), ("manager", None)],
)
def test_needs_the_right_to_change_the_organisation(
    make: Make, take: Take, by: str, refusal: type[Exception] | None
) -> None:
    company = make("Công ty CP Hòa Thuận")
    before = _untouched()

    if refusal is None:
        take("add_contact", company, by=by, **TRA)
        return
    with pytest.raises(refusal):
        take("add_contact", company, by=by, **TRA)

    assert _untouched() == before


def test_refuses_a_new_person_from_someone_who_may_only_change(make: Make, take: Take) -> None:
    company = make("Công ty CP Hòa Thuận")
    before = _untouched()

    with pytest.raises(NotAllowed):
        take("add_contact", company, by="care_agent", **TRA)

    assert _untouched() == before


def test_refuses_the_tie_of_another_record(make: Make, take: Take) -> None:
    company, other = make("Công ty A"), make("Công ty B")
    take("add_contact", company, **TRA)
    before = _untouched()

    with pytest.raises(NoSuchTie):
        take("end_tie", other, tie=Tie.objects.get().pk)

    assert _untouched() == before


def test_shows_of_a_hidden_contact_that_it_exists_and_whom_to_ask(
    cast: Cast, customers: Entity, make: Make, take: Take
) -> None:
    company = make("Công ty CP Hòa Thuận", by="teller")
    person = make("Người của cửa hàng khác", kind="INDIVIDUAL", by="colleague")
    take("add_contact", company, by="director", customer=person, job_title="Kế toán trưởng")

    (tied,) = tabs.contacts_of(cast.actor("teller"), _row(customers, cast, company, "teller"))["people"]

    assert not tied.card.is_open
    assert (tied.card.name, tied.card.phones, tied.card.emails) == ("", (), ())
    assert (tied.card.unit, tied.card.owner) == ("Cửa hàng An Dương", "Vũ Hoàng Yến")


def test_asks_as_many_queries_for_thirty_contacts_as_for_two(
    cast: Cast, customers: Entity, make: Make, take: Take
) -> None:
    few, many = make("Công ty A"), make("Công ty B")
    for company, count in ((few, 2), (many, 30)):
        for number in range(count):
            take("add_contact", company, name=f"Người {number}")
    actor = cast.actor("seller")

    counts = []
    for company in (few, many):
        row = _row(customers, cast, company)
        with CaptureQueriesContext(connection) as asked:
            tabs.contacts_of(actor, row)
            tabs.contacts_panel(actor, row)
            tabs.ties_of(actor, row)
            tabs.relationship_of(actor, row)
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 9


def test_makes_a_known_customer_a_contact_only_for_whoever_may_create_contacts(
    make: Make, take: Take
) -> None:
    company, person = make("Công ty CP Hòa Thuận"), make("Phan Thu Trà", kind="INDIVIDUAL")
    before = _untouched()

    with pytest.raises(NotAllowed):
        take("add_contact", company, by="care_agent", customer=person)

    assert _untouched() == before
