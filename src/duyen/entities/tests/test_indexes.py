"""An index that the company asks for: built beside the work of all, used by lists, removed again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection, transaction

from duyen.entities import paging, standard
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.indexes.asking import ask_index, remove_index
from duyen.entities.indexes.checks import check_indexes
from duyen.entities.indexes.errors import IndexThere, NothingToIndex, TooManyIndexes
from duyen.entities.indexes.plans import all_plans, made_indexes, plan_named
from duyen.entities.models import CompanyIndex, WantedIndex
from duyen.entities.paging import TooManyToSort, View, conditions, page
from duyen.entities.registry import all_entities
from duyen.entities.sorting import indexed, read_orders
from duyen.entities.sql import TRUE
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.database import indexing
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.health import Level
from duyen.foundation.database.indexing import PREFIX, SchemaBusy, build_index, drop_index
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import stop, work
from duyen.testing.cast import Cast
from duyen.testing.plans import plan_of

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _no_index_stays() -> Iterator[None]:
    """Tables outlive a test, and so would what was built on them."""
    yield
    with connect(owner_address(DataFolder.locate())) as link:
        found = link.execute(
            "SELECT relname FROM pg_class WHERE starts_with(relname, %s)", [PREFIX]
        ).fetchall()
    for (name,) in found:
        drop_index(DataFolder.locate(), name=str(name))


def _built(cast: Cast, customers: Entity, field: str, purpose: str) -> CompanyIndex:
    job = ask_index(customers, field, purpose, actor=cast.actor("admin"))
    assert work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem, job.done) == (JobState.DONE, "", job.total)
    return CompanyIndex._default_manager.get(job=job)


def _fill(customers: Entity, cast: Cast, count: int) -> None:
    """Put in many customers at once; every third has no birth date, and one in a thousand a note."""
    standard.create(customers, actor=cast.actor("seller"), values={"name": "Khách 0", "kind": "INDIVIDUAL"})
    own = {
        "name": "'Khách ' || n",
        "code": "'T-' || n",
        "note": "CASE WHEN n %% 1000 = 0 THEN 'Thích trà sen' ELSE '' END",
        "born_on": "CASE WHEN n %% 3 > 0 THEN date '1960-01-01' + (n * 7919) %% 15000 END",
    }
    kept = [
        str(each.column)
        for each in customers.model._meta.concrete_fields
        if not each.primary_key and not each.generated
    ]
    values = ", ".join(own.get(column, column) for column in kept)
    with transaction.atomic(), connection.cursor() as cursor:
        trail.begin(system_actor("tests"), "tests.fill")
        cursor.execute(
            f"INSERT INTO parties_party ({', '.join(kept)})"
            f" SELECT {values} FROM parties_party, generate_series(1, %s) n",
            [count - 1],
        )
    with connect(owner_address(DataFolder.locate())) as link:
        link.execute("ANALYZE parties_party")


def test_orders_fifty_thousand_rows_either_way_by_reading_a_page_of_them(
    cast: Cast, customers: Entity
) -> None:
    _fill(customers, cast, 50_000)
    actor, listing = cast.actor("director"), customers.listing()
    with pytest.raises(TooManyToSort):
        page(customers, listing, actor=actor, view=View(sort="born_on"))

    row = _built(cast, customers, "born_on", "sort")

    for order in ("born_on", "-born_on"):
        view, after = View(sort=order, limit=50), None
        # The first page, one in the middle of what is known, and one among what is not.
        for cursor in (None, ["1980-01-01", 5], [None, 30_000]):
            orders = read_orders(customers, listing, actor, order)
            fits = conditions(customers, actor, view)
            ask = paging._Ask(customers, actor, view, fits, orders, tuple(cursor) if cursor else None)
            statement = ask.statement()
            assert statement is not None
            nodes = plan_of(statement)
            read = [node for node in nodes if node.get("Relation Name") == "parties_party"]
            assert not [node for node in nodes if node["Node Type"] == "Seq Scan"], order
            assert {node["Index Name"] for node in read} <= {row.name, "parties_party_pkey"}
            assert all(node["Actual Rows"] <= 51 for node in read)
            assert sum(node.get("Rows Removed by Filter", 0) for node in nodes) < 200
            assert all(node["Actual Rows"] <= 102 for node in nodes if "Sort" in node["Node Type"])
        found = page(customers, listing, actor=actor, view=view, after=after)
        days = [each["born_on"] for each in found.rows]
        assert days == sorted(days, reverse=order.startswith("-"))
        assert found.next is not None


@pytest.mark.parametrize("few", [3, 5_000])
def test_shows_every_row_once_in_the_order_of_an_index_with_unknown_values_last(
    cast: Cast, customers: Entity, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    monkeypatch.setattr("duyen.entities.paging.FEW_ROWS", few)
    _fill(customers, cast, 60)
    orders = ("born_on", "-born_on,name")
    expected = {(who, order): _walked(customers, cast, who, order) for who in _READERS for order in orders}
    _built(cast, customers, "born_on", "sort")

    assert {(who, order): _walked(customers, cast, who, order) for who, order in expected} == expected
    assert all(len(ids) == len(set(ids)) == 60 for ids in expected.values())


#: By rows of her own, by units, by everything.
_READERS = ("seller", "manager", "director")


def _walked(customers: Entity, cast: Cast, who: str, order: str) -> list[int]:
    ids: list[int] = []
    view, after = View(sort=order, limit=7), None
    while True:
        found = page(customers, customers.listing(), actor=cast.actor(who), view=view, after=after)
        ids += [row["id"] for row in found.rows]
        if found.next is None:
            return ids
        after = found.next


def test_finds_words_in_a_note_and_a_kind_by_indexes_of_the_company(cast: Cast, customers: Entity) -> None:
    _fill(customers, cast, 30_000)
    actor, listing = cast.actor("director"), customers.listing()
    view = View(filter=["note", "contains", "tra sen"])
    assert conditions(customers, actor, view).rest != TRUE

    row = _built(cast, customers, "note", "filter")

    assert conditions(customers, actor, view).rest == TRUE
    assert len(page(customers, listing, actor=actor, view=view).rows) == 29
    orders = read_orders(customers, listing, actor, "")
    statement = paging._Ask(
        customers, actor, view, conditions(customers, actor, view), orders, None
    ).statement()
    assert statement is not None
    assert row.name in {node.get("Index Name") for node in plan_of(statement)}
    # Two letters are too few for it.
    assert conditions(customers, actor, View(filter=["note", "contains", "tr"])).rest != TRUE


@pytest.mark.parametrize("entity", ["customers", "contacts", "units", "users", "roles"])
def test_every_index_that_is_offered_can_be_built_and_is_used(cast: Cast, entity: str) -> None:
    found = next(each for each in all_entities() if each.name == entity)
    plans = list(all_plans(found))
    for plan in plans:
        build_index(
            DataFolder.locate(),
            table=plan.table,
            expression=plan.expression,
            name=plan.name,
            method=plan.method,
        )

    assert {plan.name for plan in plans} <= made_indexes(found.table)
    actor = cast.actor("director")
    listed = {each.name for each in indexed(found, found.listing(), actor)}
    assert {plan.field.name for plan in plans if plan.purpose == "sort"} <= listed


def test_offers_one_index_for_order_and_filter_where_one_serves_both(customers: Entity) -> None:
    offered = {(plan.field.name, str(plan.purpose)) for plan in all_plans(customers)}

    assert ("born_on", "sort") in offered
    assert ("born_on", "filter") not in offered
    assert not {("name", "sort"), ("created_at", "sort"), ("owner", "sort"), ("name", "filter")} & offered
    assert {("kind", "filter"), ("kind", "sort"), ("note", "filter")} <= offered


def test_asks_removes_and_tells_the_trail_who(cast: Cast, customers: Entity) -> None:
    row = _built(cast, customers, "born_on", "sort")
    assert row.name in made_indexes("parties_party")
    with pytest.raises(IndexThere):
        ask_index(customers, "born_on", "filter", actor=cast.actor("admin"))

    job = remove_index(row.pk, actor=cast.actor("admin"))
    assert work(job.pk)

    assert made_indexes("parties_party") == frozenset()
    assert not CompanyIndex._default_manager.exists()
    verbs = History.objects.filter(entity="indexes").order_by("id").values_list("verb", "actor_name")
    admin = cast.user("admin").full_name
    assert [verb for verb, _who in verbs] == [
        "indexes.build", "indexes.built", "indexes.remove", "indexes.removed",
    ]  # fmt: skip
    assert {who for _verb, who in verbs} == {admin}


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_is_for_administrators_alone(cast: Cast, customers: Entity, who: str) -> None:
    row = _built(cast, customers, "born_on", "sort")

    with pytest.raises(NotAllowed):
        ask_index(customers, "known_since", "sort", actor=cast.actor(who))
    with pytest.raises(NotAllowed):
        remove_index(row.pk, actor=cast.actor(who))

    assert list(CompanyIndex._default_manager.values_list("pk", "state")) == [(row.pk, "ready")]
    assert Job.objects.count() == 1


def test_refuses_what_needs_no_index_and_a_ninth(
    cast: Cast, customers: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    admin = cast.actor("admin")
    for field, purpose in (
        ("name", "sort"),
        ("owner", "filter"),
        ("addresses", "filter"),
        ("x", "sort"),
        ("name", "x"),
    ):
        with pytest.raises(NothingToIndex):
            ask_index(customers, field, purpose, actor=admin)
    monkeypatch.setattr("duyen.entities.indexes.asking.MOST_INDEXES", 1)
    ask_index(customers, "born_on", "sort", actor=admin)

    with pytest.raises(TooManyIndexes):
        ask_index(customers, "kind", "filter", actor=admin)

    assert CompanyIndex._default_manager.count() == Job.objects.count() == 1


def test_begins_again_where_a_kill_left_a_broken_index(
    cast: Cast, customers: Entity, test_database: Any
) -> None:
    plan = plan_named("customers", "born_on", "sort")
    assert plan is not None
    job = ask_index(customers, "born_on", "sort", actor=cast.actor("admin"))
    with test_database.superuser() as link:
        link.execute(f'CREATE INDEX "{plan.name}" ON parties_party (ward_code)')
        link.execute("UPDATE pg_index SET indisvalid = false WHERE indexrelid = %s::regclass", [plan.name])
    assert made_indexes("parties_party") == frozenset()

    assert work(job.pk)

    assert made_indexes("parties_party") == {plan.name}
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef(%s::regclass)", [plan.name])
        assert "(born_on, id)" in cursor.fetchone()[0]


def test_waits_for_whoever_is_at_it_and_is_taken_up_again(cast: Cast, customers: Entity) -> None:
    job = ask_index(customers, "born_on", "sort", actor=cast.actor("admin"))
    with indexing._alone(DataFolder.locate()):
        work(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.QUEUED
        assert job.problem
        with pytest.raises(SchemaBusy):
            drop_index(DataFolder.locate(), name=f"{PREFIX}x")

    assert work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == (JobState.DONE, "")


def test_leaves_nothing_behind_when_it_is_stopped(cast: Cast, customers: Entity) -> None:
    job = ask_index(customers, "born_on", "sort", actor=cast.actor("admin"))
    stop(job)

    work(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.CANCELLED
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pg_class WHERE starts_with(relname, %s)", [PREFIX])
        assert cursor.fetchone()[0] == 0
    row = CompanyIndex._default_manager.get()
    assert row.state == "failed"
    again = ask_index(customers, "born_on", "sort", actor=cast.actor("admin"))
    assert work(again.pk)
    assert CompanyIndex._default_manager.get().state == "ready"


def test_counts_what_lists_were_refused_for_until_it_is_built(
    cast: Cast, customers: Entity, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("duyen.entities.paging.MOST_SORTED", 2)
    _fill(customers, cast, 5)
    actor, listing = cast.actor("director"), customers.listing()
    for _ in range(2):
        with pytest.raises(TooManyToSort):
            page(customers, listing, actor=actor, view=View(sort="born_on"))

    assert list(WantedIndex._default_manager.values_list("field", "purpose", "times")) == [
        ("born_on", "sort", 2)
    ]
    _built(cast, customers, "born_on", "sort")
    assert not WantedIndex._default_manager.exists()
    assert len(page(customers, listing, actor=actor, view=View(sort="born_on")).rows) == 5


def test_check_tells_of_indexes_that_are_gone_or_nobodys(cast: Cast, customers: Entity) -> None:
    row = _built(cast, customers, "born_on", "sort")
    assert [each.level for each in check_indexes()] == [Level.GOOD]

    drop_index(DataFolder.locate(), name=row.name)
    build_index(DataFolder.locate(), table="parties_party", expression="ward_code", name=f"{PREFIX}stray")
    found = list(check_indexes())

    assert [each.level for each in found] == [Level.WARNING, Level.WARNING]
    assert "customers.born_on (sort) is gone" in found[0].line
    assert f"DROP INDEX CONCURRENTLY {PREFIX}stray" in found[1].line
