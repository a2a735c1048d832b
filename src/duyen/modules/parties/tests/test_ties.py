"""Parents, representatives and households: who belongs to whom, without circles."""

from __future__ import annotations

from itertools import pairwise

import pytest

from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues
from duyen.entities.performing import NotNow
from duyen.foundation.audit.models import History
from duyen.kernel.clock import today
from duyen.modules.parties import tabs
from duyen.modules.parties.actions.ties import AlreadyTied, CircleOfParents
from duyen.modules.parties.models import Tie
from duyen.modules.parties.tests.conftest import Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_names_a_parent_seen_from_both_sides(cast: Cast, customers: Entity, make: Make, take: Take) -> None:
    child, parent = make("Công ty con"), make("Tập đoàn mẹ")

    take("set_parent", child, parent=parent)

    actor = cast.actor("seller")
    rows = {row["id"]: row for row in customers.rows(actor).values(*customers.columns)}
    assert [each.card.name for each in tabs.ties_of(actor, rows[child])["parents"]] == ["Tập đoàn mẹ"]
    assert [each.card.name for each in tabs.ties_of(actor, rows[parent])["subsidiaries"]] == ["Công ty con"]


def test_lets_a_new_parent_end_the_one_before(make: Make, take: Take) -> None:
    child, first, second = make("Công ty con"), make("Mẹ cũ"), make("Mẹ mới")
    take("set_parent", child, parent=first)

    take("set_parent", child, parent=second)

    ties = list(Tie.objects.order_by("pk").values_list("to_party_id", "until"))
    assert ties == [(first, today()), (second, None)]


@pytest.mark.parametrize("steps", [1, 2])
def test_refuses_a_circle_of_parents(make: Make, take: Take, steps: int) -> None:
    companies = [make(f"Công ty {number}") for number in range(steps + 1)]
    for child, parent in pairwise(companies):
        take("set_parent", child, parent=parent)
    before = Tie.objects.count(), History.objects.count()

    with pytest.raises(CircleOfParents):
        take("set_parent", companies[-1], parent=companies[0])

    assert (Tie.objects.count(), History.objects.count()) == before


def test_refuses_to_be_its_own_parent(make: Make, take: Take) -> None:
    company = make("Công ty")

    with pytest.raises(CircleOfParents):
        take("set_parent", company, parent=company)

    assert not Tie.objects.exists()


def test_refuses_the_same_parent_twice(make: Make, take: Take) -> None:
    child, parent = make("Công ty con"), make("Tập đoàn mẹ")
    take("set_parent", child, parent=parent)

    with pytest.raises(AlreadyTied):
        take("set_parent", child, parent=parent)

    assert Tie.objects.get().until is None


def test_refuses_a_person_as_a_parent(make: Make, take: Take) -> None:
    child, person = make("Công ty con"), make("Lưu Quang Vinh", kind="INDIVIDUAL")

    with pytest.raises(InvalidValues) as refusal:
        take("set_parent", child, parent=person)

    assert refusal.value.problems[0].field == "parent"
    assert not Tie.objects.exists()


def test_takes_several_legal_representatives(make: Make, take: Take) -> None:
    company = make("Công ty")

    take("add_legal_representative", company, name="Phạm Ngọc Hưng", job_title="Giám đốc")
    take("add_legal_representative", company, name="Lê Thị Hoa", job_title="Chủ tịch")

    kinds = Tie.objects.order_by("pk").values_list("kind", "job_title")
    assert list(kinds) == [("LEGAL_REPRESENTATIVE", "Giám đốc"), ("LEGAL_REPRESENTATIVE", "Chủ tịch")]


def test_adds_members_to_a_household_alone(make: Make, take: Take) -> None:
    household = make("Hộ ông Nguyễn Văn Sáu", kind="HOUSEHOLD")

    take("add_household_member", household, name="Nguyễn Thị Bảy", relation="vợ")

    assert Tie.objects.values_list("kind", "note").get() == ("MEMBER_OF_HOUSEHOLD", "vợ")
    with pytest.raises(NotNow):
        take("add_household_member", make("Công ty"), name="Ai đó")


@pytest.mark.parametrize("number", ["9" * 5000, "--5", "-5", "fünf"])
def test_refuses_what_is_no_number_of_a_tie(make: Make, take: Take, number: str) -> None:
    company = make("Công ty")

    with pytest.raises(InvalidValues):
        take("end_tie", company, tie=number)
