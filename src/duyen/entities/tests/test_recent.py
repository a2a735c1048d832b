"""What one opened last: the latest first, once each, and only as long as one may see it."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.entities import sharing, standard
from duyen.entities.entity import Entity
from duyen.entities.models import RecentRecord
from duyen.entities.performing import perform
from duyen.entities.recent import MOST_KEPT, recent_records, remember_opened
from duyen.entities.registry import entity_named
from duyen.entities.search import search_all
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_lists_the_latest_first_and_each_record_once(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    first, second = make_customer("Nguyễn Văn An"), make_customer("Trần Quốc Bảo")
    seller = cast.actor("seller")
    told = History.objects.count()

    for record in (first, second, first):
        remember_opened(customers, record, actor=seller)

    assert [(hit.id, hit.label) for hit in recent_records(seller)] == [
        (first, "Nguyễn Văn An"),
        (second, "Trần Quốc Bảo"),
    ]
    assert recent_records(cast.actor("teller")) == []
    assert History.objects.count() == told


def test_costs_one_statement_and_keeps_the_last_ones_alone(cast: Cast, customers: Entity) -> None:
    seller, teller = cast.actor("seller"), cast.actor("teller")
    remember_opened(customers, 1, actor=teller)

    for record in range(1, MOST_KEPT + 6):
        remember_opened(customers, record, actor=seller)
    with CaptureQueriesContext(connection) as queries:
        remember_opened(customers, 6, actor=seller)

    kept = RecentRecord.objects.filter(user_id=cast.user("seller").pk).order_by("-opened_at", "-id")
    assert [each.record_id for each in kept] == [6, *range(MOST_KEPT + 5, 6, -1)]
    assert RecentRecord.objects.filter(user_id=cast.user("teller").pk).count() == 1
    assert len(queries) == 1


def test_shows_nothing_that_was_closed_or_deleted_since(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    shared, deleted = make_customer("Nguyễn Văn An"), make_customer("Trần Quốc Bảo")
    manager, outsider = cast.actor("manager"), cast.user("outsider")
    sharing.share(customers, shared, actor=manager, user=outsider.pk)
    for record in (shared, deleted):
        remember_opened(customers, record, actor=cast.actor("outsider"))
        remember_opened(customers, record, actor=manager)
    assert [hit.id for hit in recent_records(cast.actor("outsider"))] == [shared]

    sharing.unshare(customers, shared, actor=manager, user=outsider.pk)
    standard.delete(customers, deleted, actor=manager)

    assert recent_records(cast.actor("outsider")) == []
    assert [hit.id for hit in recent_records(cast.actor("manager"))] == [shared]


def test_shows_a_contact_who_is_a_customer_too_once(cast: Cast) -> None:
    seller, contacts = cast.actor("seller"), entity_named("contacts")
    made = standard.create(contacts, actor=seller, values={"name": "Phan Thu Trà"})
    perform(contacts, "become_customer", made.id, actor=seller, arguments={})

    remember_opened(entity_named("customers"), made.id, actor=seller)
    remember_opened(contacts, made.id, actor=seller)

    assert [(hit.entity, hit.id) for hit in recent_records(seller)] == [("contacts", made.id)]


def test_leaves_no_way_behind_for_the_system_and_for_other_eyes(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    seller = cast.actor("seller")
    looking = replace(seller, seen_by=cast.user("admin").pk)
    remember_opened(customers, make_customer(), actor=seller)

    remember_opened(customers, make_customer("Trần Quốc Bảo"), actor=looking)
    remember_opened(customers, 1, actor=system_actor("tests"))

    assert RecentRecord.objects.count() == 1
    assert recent_records(system_actor("tests")) == []
    assert recent_records(looking) == []


def test_puts_what_was_opened_lately_first_among_equals(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    record = [make_customer("Nguyễn Văn An") for _number in range(3)][1]

    remember_opened(customers, record, actor=cast.actor("seller"))

    assert search_all("nguyen van an", actor=cast.actor("seller"))[0].id == record
