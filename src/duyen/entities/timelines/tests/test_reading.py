"""Timelines: what the trail and files tell, around a record too, by pages that miss nothing."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql
from duyen.entities.timelines import reading
from duyen.entities.timelines.declared import Asked, Branch, Entry, Kind, Subject, TimelineSource, Told
from duyen.foundation.access.actor import Actor
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
ALL = Asked()


def _make(cast: Cast, name: str, *, who: str = "seller", entity: str = "customers", **values: object) -> int:
    given = (
        {"name": name, **values} if entity == "contacts" else {"name": name, "kind": "ORGANISATION", **values}
    )
    return standard.create(entity_named(entity), actor=cast.actor(who), values=given).id


def _subject(cast: Cast, record_id: int, who: str = "seller", entity: str = "customers") -> Subject:
    kind = entity_named(entity)
    row = kind.rows(cast.actor(who)).filter(pk=record_id).values(*kind.held_columns).get()
    return reading.subject_of(kind, row, actor=cast.actor(who))


def _read(cast: Cast, record_id: int, who: str = "seller", **asked: Any) -> tuple[Entry, ...]:
    return reading.timeline(
        _subject(cast, record_id, who), actor=cast.actor(who), asked=Asked(**asked)
    ).entries


def _verbs(entries: Collection[Entry]) -> list[str]:
    return [each.told.facts.get("verb", each.told.title) for each in entries]


def test_tells_of_birth_state_and_owner_and_not_of_typed_fields(cast: Cast) -> None:
    customers, manager = entity_named("customers"), cast.actor("manager")
    customer = _make(cast, "Máy Đỏ")
    standard.change(customers, customer, actor=cast.actor("seller"), values={"note": "gọi sáng"}, version=1)
    perform(customers, "start", customer, actor=cast.actor("seller"), arguments={"note": "đã gặp"})
    teller = cast.users["teller"].pk
    standard.hand_over(customers, [customer], actor=manager, owner=teller)

    assert _verbs(_read(cast, customer, "manager")) == ["hand_over", "start", "create"]
    only_hers = _read(cast, customer, "manager", people=frozenset([cast.users["manager"].pk]))
    assert _verbs(only_hers) == ["hand_over"]
    assert _read(cast, customer, "manager", kinds=frozenset(["files"])) == ()


def test_tells_of_the_contacts_of_a_firm_that_the_reader_may_see(cast: Cast) -> None:
    customers = entity_named("customers")
    firm = _make(cast, "Máy Đỏ")
    perform(customers, "add_contact", firm, actor=cast.actor("seller"), arguments={"name": "Phan Thu Trà"})
    stranger = _make(cast, "Đỗ Mười", who="outsider", entity="contacts")
    with_stranger = {"contact": stranger, "job_title": "x"}
    perform(customers, "add_contact", firm, actor=cast.actor("director"), arguments=with_stranger)

    assert [each.told.of for each in _read(cast, firm)] == ["Phan Thu Trà", ""]
    assert sorted(each.told.of for each in _read(cast, firm, "director")) == ["", "Phan Thu Trà", "Đỗ Mười"]


def test_refuses_a_key_that_it_did_not_give(cast: Cast) -> None:
    customer = _make(cast, "Máy Đỏ")
    with pytest.raises(reading.BadCursor):
        reading.timeline(_subject(cast, customer), actor=cast.actor("seller"), asked=ALL, after="x:y")


def _source(name: str, rows: list[tuple[int, int]]) -> TimelineSource:
    """A source over made-up rows of (second, id), each in two branches."""
    start = "('2026-01-01 00:00:00Z'::timestamptz"
    values = ", ".join(f"{start} + {at} * interval '1 s', {id}::bigint)" for at, id in rows)

    def branches(_actor: Actor, _subject: Subject, _asked: Asked) -> list[Branch]:
        if not rows:
            return []
        found = f"(VALUES {values}) v(at, id)"
        return [Branch(found, "v.at", "v.id"), Branch(found, "v.at", "v.id", Sql("v.id > %s", (2,)))]

    def tell(_actor: Actor, _subject: Subject, ids: Collection[int]) -> Mapping[int, Told]:
        return {each: Told(name, "x", "gray", None, "", f"{name}{each}") for each in ids}

    return TimelineSource(name, (Kind(name, name, "x"),), branches, tell, "")


_ROWS = st.lists(st.tuples(st.integers(0, 4), st.integers(1, 6)), unique_by=lambda row: row[1], max_size=6)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(first=_ROWS, second=_ROWS, size=st.integers(1, 4))
def test_pages_give_every_row_once_and_in_order(
    cast: Cast, first: list[tuple[int, int]], second: list[tuple[int, int]], size: int
) -> None:
    contacts = entity_named("units")
    subject = Subject(contacts, {"id": 1, "version": 1})
    sources = (_source("a", first), _source("b", second))
    found: list[tuple[dt.datetime, str, int]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reading, "sources_of", lambda _entity: sources)
        after = ""
        for _page in range(20):
            page = reading.timeline(subject, actor=cast.actor("admin"), asked=ALL, after=after, limit=size)
            found += [(each.at, each.source.name, each.id) for each in page.entries]
            after = page.next
            if not after:
                break
    assert found == sorted(found, reverse=True)
    assert len(found) == len(set(found)) == len(first) + len(second)


def test_asks_once_for_all_sources(cast: Cast, django_assert_num_queries: Any) -> None:
    customer = _make(cast, "Máy Đỏ")
    subject = _subject(cast, customer)
    actor = cast.actor("seller")
    # The statement itself, and the rows of the trail behind what it found.
    with django_assert_num_queries(2):
        reading.timeline(subject, actor=actor, asked=ALL)
