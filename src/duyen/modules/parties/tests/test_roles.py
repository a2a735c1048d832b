"""What a party is to us: taking up a role, the phases of a relationship, what is recognised by itself."""

from __future__ import annotations

from itertools import pairwise

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.performing import perform
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import Role
from duyen.kernel.clock import now
from duyen.modules.parties import tabs
from duyen.modules.parties.actions.roles import AlreadyCustomer
from duyen.modules.parties.models import Party
from duyen.modules.parties.tests.conftest import Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _contact(cast: Cast, contacts: Entity, by: str = "seller") -> int:
    return standard.create(contacts, actor=cast.actor(by), values={"name": "Phan Thu Trà"}).id


def test_makes_a_customer_of_a_contact_without_a_second_record(
    cast: Cast, customers: Entity, contacts: Entity
) -> None:
    person = _contact(cast, contacts)

    done = perform(contacts, "become_customer", person, actor=cast.actor("seller"), arguments={})

    held = Party.objects.get()
    assert (held.pk, held.role_mask, held.relationship_state, held.version) == (person, 3, "ATTRACTING", 2)
    assert done.version == 2
    assert customers.rows(cast.actor("seller")).filter(pk=person).exists()
    changes = [
        entry.changes for entry in History.objects.filter(verb="contacts.become_customer", entity="parties")
    ]
    assert [told["role_mask"] for told in changes if told] == [[2, 3]]


def test_refuses_to_make_a_customer_twice(cast: Cast, contacts: Entity) -> None:
    person = _contact(cast, contacts)
    perform(contacts, "become_customer", person, actor=cast.actor("seller"), arguments={})
    before = History.objects.count()

    with pytest.raises(AlreadyCustomer):
        perform(contacts, "become_customer", person, actor=cast.actor("seller"), arguments={})

    assert (History.objects.count(), Party.objects.get().version) == (before, 2)


def test_needs_the_right_to_create_customers(cast: Cast, contacts: Entity) -> None:
    person = _contact(cast, contacts, by="teller")
    before = History.objects.count()

    with pytest.raises(NotAllowed):
        perform(contacts, "become_customer", person, actor=cast.actor("care_agent"), arguments={})

    assert (History.objects.count(), Party.objects.get().role_mask) == (before, 2)


def test_tells_how_long_each_phase_of_a_relationship_lasted(
    cast: Cast, customers: Entity, make: Make, take: Take
) -> None:
    company = make("Công ty")
    take("start", company, note="ký hợp đồng")
    take("develop", company, note="hết 90 ngày")

    told = tabs.relationship_of(cast.actor("seller"), {"id": company})

    assert told["present"].phase.state == "DEVELOPING"
    assert told["present"].phase.until is None
    assert [stage.phase.state for stage in told["before"]] == ["ONBOARDING", "ATTRACTING"]
    ends = [told["present"], *told["before"]]
    for later, earlier in pairwise(ends):
        assert earlier.phase.until == later.phase.since
    assert told["present"].phase.since <= now()


@pytest.mark.parametrize(
    ("name", "given", "form"),
    [
        ("Công ty TNHH Một Thành Viên Phú Quý", "", "LLC_SINGLE"),
        ("CTCP Nông Sản Gia Hưng", "", "JSC"),
        ("Phú Quý", "", ""),
        ("CTCP Nông Sản Gia Hưng", "OTHER", "OTHER"),
    ],
)
def test_recognises_the_legal_form_where_nobody_gave_one(
    make: Make, name: str, given: str, form: str
) -> None:
    company = make(name, legal_form=given)

    assert Party.objects.get(pk=company).legal_form == form


def test_copies_ward_and_province_of_the_main_address(cast: Cast, customers: Entity, make: Make) -> None:
    first = {"line": "12 Lê Lợi", "ward": "Phường Lê Chân", "province": "Hải Phòng"}
    company = make("Công ty", addresses=[first, {"line": "1 Tràng Thi", "province": "Hà Nội"}])

    values = {"addresses": [{"line": "1 Tràng Thi", "province": "Hà Nội"}]}
    before = Party.objects.values_list("ward_code", "province_code").get(pk=company)
    standard.change(customers, company, actor=cast.actor("seller"), values=values, version=1)

    assert before == ("11383", "31")
    assert Party.objects.values_list("ward_code", "province_code").get(pk=company) == ("", "01")


def test_tells_nothing_of_a_relationship_whose_state_is_hidden(cast: Cast, make: Make, take: Take) -> None:
    company = make("Công ty CP Hòa Thuận")
    take("start", company, note="Ký hợp đồng đầu tiên")
    trail.begin(system_actor("tests"), "tests.hide")
    role = Role.objects.get(code="SALES_REP")
    FieldRight.objects.create(role=role, entity="customers", field="relationship_state", level="hidden")

    told = tabs.relationship_of(cast.actor("seller"), {"id": company})

    assert told == {"present": None, "before": []}
    assert tabs.relationship_of(cast.actor("teller"), {"id": company})["present"] is not None
