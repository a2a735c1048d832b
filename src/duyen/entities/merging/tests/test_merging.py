"""Merging: whose values stay, what follows, who may, and what a refusal leaves as it was."""

from __future__ import annotations

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, StaleVersion, VersionMissing
from duyen.entities.history import history
from duyen.entities.merging.merging import MergeDoubtful, MergeRefused
from duyen.entities.merging.proposing import propose
from duyen.entities.merging.standing import Merged, survivor_of, where_it_went
from duyen.entities.merging.tests.conftest import Make, MergeThem, Take, everything
from duyen.entities.models import Merge, MergedRow
from duyen.entities.sharing import share
from duyen.foundation.audit.models import History
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import today
from duyen.modules.parties.actions.ties import CircleOfParents
from duyen.modules.parties.models import Party, PartyInRole, Tie
from duyen.modules.parties.words import PartyRole
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _counted() -> tuple[object, int, int, int]:
    """All that a refusal must leave as it was."""
    return everything(), History.objects.count(), Merge.objects.count(), MergedRow.objects.count()


def test_fills_what_is_empty_and_unites_lists(make: Make, merge_them: MergeThem) -> None:
    first = make("Trần Thị Ánh", phones=["0912345678"], tags=["vip"], note="Thích gọi buổi sáng")
    second = make(
        "Tran Thi Anh",
        phones=["0987654321", "0912 345 678"],
        emails=["anh@example.com"],
        tags=["VIP", "quà Tết"],
        born_on="1990-05-01",
        note="Có hai con",
        is_key_account=True,
    )

    merge_them(first, second)

    row = Party.objects.get(pk=first)
    assert row.name == "Trần Thị Ánh"
    assert row.phones == ["+84912345678", "+84987654321"]
    assert row.emails == ["anh@example.com"]
    assert row.tags == ["vip", "quà Tết"]
    assert row.note == "Thích gọi buổi sáng\n\nCó hai con"
    assert str(row.born_on) == "1990-05-01"
    assert row.is_key_account is True


def test_takes_the_values_that_were_chosen(make: Make, merge_them: MergeThem) -> None:
    first, second = make("Trần Ánh", phones=["0912345678"]), make("Trần Thị Ánh", phones=["0987654321"])

    merge_them(first, second, take={"name": second, "phones": first}, values={"note": "tự ghi"})

    row = Party.objects.get(pk=first)
    assert (row.name, row.phones, row.note) == ("Trần Thị Ánh", ["+84912345678"], "tự ghi")


def test_takes_over_a_sealed_number_without_opening_it(make: Make, merge_them: MergeThem) -> None:
    first, second = make("Trần Ánh"), make("Trần Thị Ánh", tax_code="031090012345")
    sealed = bytes(Party.objects.get(pk=second).personal_id or b"")

    merge_them(first, second)

    assert bytes(Party.objects.get(pk=first).personal_id or b"") == sealed != b""
    told = History.objects.filter(verb="customers.merge", root_id=first, entity="parties").get()
    assert (told.changes or {})["personal_id"] == ["•", "•"]


def test_puts_the_others_into_the_bin_and_leads_to_the_survivor(
    cast: Cast, customers: Entity, make: Make, merge_them: MergeThem
) -> None:
    first, second, third = make("A"), make("B"), make("C")
    merge_them(second, third)

    merge_them(first, second)

    actor = cast.actor("seller")
    assert list(customers.rows(actor).values_list("pk", flat=True)) == [first]
    assert survivor_of("parties", third) == first
    assert where_it_went(customers, third, actor) == (customers, first)
    assert where_it_went(customers, third, cast.actor("outsider")) is None
    with pytest.raises(Merged):
        standard.restore(customers, third, actor=actor)


def test_lets_ties_and_roles_follow(
    cast: Cast, contacts: Entity, make: Make, take: Take, merge_them: MergeThem
) -> None:
    person = make("Lê Văn Bình", entity="contacts")
    first = make("Công ty An", kind="ORGANISATION")
    second = make("Cty An", kind="ORGANISATION")
    take("add_contact", second, contact=person, job_title="Kế toán")

    merge_them(first, second)

    assert Tie.objects.get().to_party_id == first
    assert set(PartyInRole.objects.filter(party=first).values_list("role", flat=True)) == {"CUSTOMER"}
    told = [step.verb for step in history(contacts, person, actor=cast.actor("seller")).steps]
    assert "merge" in told


def test_makes_one_tie_of_two_and_none_to_itself(make: Make, take: Take, merge_them: MergeThem) -> None:
    person = make("Lê Văn Bình", entity="contacts")
    first, second = make("Công ty An", kind="ORGANISATION"), make("Cty An", kind="ORGANISATION")
    take("add_contact", first, contact=person)
    take("add_contact", second, contact=person, job_title="Kế toán", is_main=True)
    take("set_parent", second, parent=first)

    merge_them(first, second)

    tie = Tie.objects.get()
    assert (tie.party_id, tie.to_party_id, tie.job_title) == (person, first, "Kế toán")


def test_keeps_one_main_contact_and_one_parent(make: Make, take: Take, merge_them: MergeThem) -> None:
    bình, cúc = make("Bình", entity="contacts"), make("Cúc", entity="contacts")
    first, second = make("Công ty An", kind="ORGANISATION"), make("Cty An", kind="ORGANISATION")
    parent, other = make("Tập đoàn", kind="ORGANISATION"), make("Tổng công ty", kind="ORGANISATION")
    take("add_contact", first, contact=bình, is_main=True)
    take("add_contact", second, contact=cúc, is_main=True)
    take("set_parent", first, parent=parent)
    take("set_parent", second, parent=other)

    merge_them(first, second)

    assert list(Tie.objects.filter(is_main=True).values_list("party_id", flat=True)) == [bình]
    parents = Tie.objects.filter(party_id=first, kind="SUBSIDIARY_OF").order_by("to_party_id")
    assert list(parents.values_list("to_party_id", "until")) == [(parent, None), (other, today())]


def test_refuses_to_close_a_circle_of_parents(make: Make, take: Take, merge_them: MergeThem) -> None:
    top, middle, low = (make(name, kind="ORGANISATION") for name in ("Mẹ", "Giữa", "Con"))
    take("set_parent", middle, parent=top)
    take("set_parent", low, parent=middle)
    before = _counted()

    with pytest.raises(CircleOfParents):
        merge_them(top, low)

    assert _counted() == before


def test_makes_a_contact_a_customer_by_taking_one_in(
    cast: Cast, customers: Entity, make: Make, merge_them: MergeThem
) -> None:
    contact = make("Lê Văn Bình", entity="contacts", phones=["0912345678"])
    customer = make("Bình Lê", industry="TRADE", tax_code="0100233488")

    merge_them(contact, customer, entity="contacts")

    row = customers.rows(cast.actor("seller")).get()
    assert row.pk == contact
    assert row.role_mask == PartyRole.CUSTOMER | PartyRole.CONTACT
    assert (row.industry, row.tax_code, row.relationship_state) == ("TRADE", "0100233488", "ATTRACTING")


def test_opens_a_record_further_only_for_whoever_may_share_it(
    cast: Cast, customers: Entity, make: Make, merge_them: MergeThem
) -> None:
    first, second = make("A", by="manager"), make("B", by="manager")
    third, fourth = make("C"), make("D")
    outsider = cast.user("outsider").pk
    for each in (second, fourth):
        share(customers, each, actor=cast.actor("manager"), user=outsider)

    merge_them(first, second, by="manager")
    merge_them(third, fourth, by="seller")

    assert set(Share.objects.values_list("record_id", flat=True)) == {first, fourth}
    assert set(customers.rows(cast.actor("outsider")).values_list("pk", flat=True)) == {first}


def test_tells_both_histories_on_the_survivor(
    cast: Cast, customers: Entity, make: Make, merge_them: MergeThem
) -> None:
    first, second = make("A"), make("B")
    seller = cast.actor("seller")
    standard.change(customers, second, actor=seller, values={"note": "trước khi gộp"}, version=1)

    merge_them(first, second)

    steps = history(customers, first, actor=seller).steps
    codes = dict(Party.objects.values_list("pk", "code"))
    assert [(step.verb, step.former) for step in steps] == [
        ("merge", ""),
        ("change", codes[second]),
        ("create", codes[second]),
        ("create", ""),
    ]
    assert steps[0].note == codes[second]


def test_needs_the_right_to_delete_what_goes_and_to_change_what_stays(
    cast: Cast, make: Make, merge_them: MergeThem
) -> None:
    first, second = make("A"), make("B")
    foreign = make("C", by="outsider")
    before = _counted()

    for survivor, other, who, refusal in (
        (first, second, "teller", NotAllowed),
        (first, foreign, "seller", NotFound),
        (foreign, first, "seller", NotFound),
        (first, second, "outsider", NotFound),
    ):
        with pytest.raises(refusal):
            merge_them(survivor, other, by=who)

    assert _counted() == before


def test_refuses_stale_and_missing_versions(
    cast: Cast, customers: Entity, make: Make, merge_them: MergeThem
) -> None:
    first, second = make("A"), make("B")
    standard.change(customers, second, actor=cast.actor("teller"), values={"note": "mới"}, version=1)
    before = _counted()

    with pytest.raises(StaleVersion):
        merge_them(first, second, versions={first: 1, second: 1})
    with pytest.raises(VersionMissing):
        merge_them(first, second, versions={first: 1})

    assert _counted() == before


def test_refuses_a_person_and_an_organisation_and_asks_about_doubts(
    make: Make, merge_them: MergeThem
) -> None:
    person, company = make("Ánh"), make("Công ty Ánh", kind="ORGANISATION", tax_code="0100233488")
    branch = make("Công ty Ánh 2", kind="ORGANISATION", tax_code="0100109106")
    before = _counted()

    with pytest.raises(MergeRefused):
        merge_them(person, company, confirmed=["kinds"])
    with pytest.raises(MergeDoubtful) as doubt:
        merge_them(company, branch)
    assert [each.code for each in doubt.value.remarks] == ["tax_codes"]
    assert _counted() == before

    merge_them(company, branch, confirmed=["tax_codes"])
    assert Party.objects.get(pk=company).tax_code == "0100233488"


def test_refuses_values_that_the_rules_forbid(make: Make, merge_them: MergeThem) -> None:
    first, second = make("A"), make("B", honorific="chị")
    before = _counted()

    for given in (
        {"values": {"kind": "HOUSEHOLD"}, "take": {"honorific": second}},
        {"take": {"colour": first}},
        {"take": {"name": 999_999}},
        {"take": {"name": "all"}},
        {"values": {"name": ""}},
    ):
        with pytest.raises(InvalidValues):
            merge_them(first, second, **given)

    assert _counted() == before


def test_fills_nothing_in_that_would_not_fit(
    cast: Cast, customers: Entity, make: Make, merge_them: MergeThem
) -> None:
    shop, owner = make("Tạp hóa Sen", kind="HOUSEHOLD_BUSINESS"), make("Lê Thị Sen", honorific="chị")

    told = propose(customers, actor=cast.actor("seller"), ids=[shop, owner], survivor=shop)
    merge_them(shop, owner, confirmed=["kinds"])

    assert {each.field.name: each.take for each in told.choices}["honorific"] == shop
    assert Party.objects.get(pk=shop).honorific == ""


def test_proposes_to_keep_what_most_hangs_on(cast: Cast, customers: Entity, make: Make, take: Take) -> None:
    person = make("Bình", entity="contacts")
    first, second = make("Công ty An", kind="ORGANISATION"), make("Cty An", kind="ORGANISATION")
    take("add_contact", second, contact=person)

    told = propose(customers, actor=cast.actor("seller"), ids=[first, second])

    assert [side.id for side in told.sides] == [second, first]
    assert told.moving == []
    other_way = propose(customers, actor=cast.actor("seller"), ids=[first, second], survivor=first)
    assert other_way.survivor.id == first
    assert [each.count for each in other_way.moving] == [1]
