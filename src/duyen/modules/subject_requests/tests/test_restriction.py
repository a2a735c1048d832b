"""A restriction that was granted locks the record of the person, until whoever may lifts it."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.bulk.changing import change_many
from duyen.entities.errors import NotAllowed
from duyen.entities.merging.merging import merge
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.entities.restricted import Restricted
from duyen.foundation.access.actor import Actor
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.words import Channel, Purpose
from duyen.modules.subject_requests.models import SubjectRequest
from duyen.modules.subject_requests.tests.conftest import Note, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _row(person: int) -> tuple[str, int]:
    rows = entity_named("customers").model._default_manager.filter(pk=person)
    name, version = rows.values_list("note", "version").get()
    return str(name), int(version)


def _change(cast: Cast, person: int, who: str = "seller") -> None:
    customers, version = entity_named("customers"), _row(person)[1]
    standard.change(customers, person, actor=cast.actor(who), values={"note": "Mới"}, version=version)


@pytest.fixture
def granted(note: Note, take: Take) -> int:
    request = note("RESTRICT")
    take("prove", request, proven_by="ID_CARD", proof="Căn cước, xem tại quầy")
    take("complete", request, answer="Đã hạn chế, báo qua điện thoại")
    return request


def test_nobody_writes_to_the_record(cast: Cast, person: int, granted: int) -> None:
    before, customers = _row(person), entity_named("customers")
    for who in ("seller", "manager", "director"):
        with pytest.raises(Restricted):
            _change(cast, person, who)
    with pytest.raises(Restricted):
        standard.delete(customers, person, actor=cast.actor("manager"), version=before[1])
    with pytest.raises(Restricted):
        perform(customers, "develop", person, actor=cast.actor("seller"), arguments={})

    assert _row(person) == before


def test_a_set_leaves_it_out_with_the_reason(cast: Cast, person: int, granted: int) -> None:
    customers, director = entity_named("customers"), cast.actor("director")
    values = {"name": "Trần Văn Bình", "kind": "INDIVIDUAL"}
    other = standard.create(customers, actor=cast.actor("seller"), values=values).id

    done = change_many(customers, [person, other], actor=director, values={"note": "Cả hai"})

    told = {each.id: each.error for each in done.outcomes}
    assert isinstance(told[person], Restricted)
    assert (told[other], _row(other)[0]) == (None, "Cả hai")
    versions = {person: _row(person)[1], other: _row(other)[1]}
    with pytest.raises(Restricted):
        merge(customers, other, [person], actor=director, versions=versions)


def test_its_page_says_so_and_leads_to_the_request(cast: Cast, person: int, granted: int) -> None:
    client = Client()
    client.force_login(cast.user("seller"))

    page = client.get(f"/customers/{person}").content.decode()

    above_her_name = page[: page.index("<h1")]
    assert "Hạn chế sử dụng dữ liệu" in above_her_name
    assert f'href="/subject_requests/{granted}"' in above_her_name
    assert page.count("Hạn chế sử dụng dữ liệu") == 1


def test_it_is_lifted_by_whoever_answers_requests_and_by_nobody_else(
    cast: Cast, person: int, granted: int, officer: Actor, take: Take
) -> None:
    with pytest.raises(NotAllowed):
        take("lift", granted, actor=cast.actor("director"), lifted_why="Xong")

    take("lift", granted, lifted_why="Người yêu cầu đồng ý, báo qua điện thoại")

    _change(cast, person)
    assert _row(person)[0] == "Mới"
    assert SubjectRequest.objects.get(pk=granted).lifted_at is not None
    # That she wants no advertising was her wish as well.
    assert contact_permission(person, Channel.SMS, Purpose.MARKETING).rule == "refused"
    with pytest.raises(NotNow):
        take("lift", granted, lifted_why="Lần nữa")


def test_a_request_that_waits_locks_nothing(cast: Cast, person: int, note: Note) -> None:
    note("RESTRICT")

    _change(cast, person)

    assert _row(person)[0] == "Mới"
