"""Search of the trail: it finds by every condition, and tells nobody what is not hers."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard, trail_search
from duyen.entities.errors import BadRequest
from duyen.entities.registry import entity_named
from duyen.entities.standard import Done
from duyen.entities.trail_lines import Line, tell_entries
from duyen.entities.trail_search import Question, find_entries
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Role
from duyen.kernel.clock import today
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _ask(actor: Actor, *, oversees: bool = False, **asked: object) -> list[Line]:
    question = Question(**asked)  # type: ignore[arg-type]
    found = find_entries(question, actor=actor, oversees=oversees)
    return list(tell_entries(found.rows, question, actor=actor, oversees=oversees).lines)


def _customer(cast: Cast, who: str = "seller", name: str = "Ánh Dương") -> Done:
    values = {"name": name, "kind": "ORGANISATION", "phones": ["0912345678"]}
    return standard.create(entity_named("customers"), actor=cast.actor(who), values=values)


def _rename(cast: Cast, made: Done, name: str, who: str = "seller", door: Door = Door.WEB) -> Done:
    actor = cast.actor(who, door)
    return standard.change(entity_named("customers"), made.id, actor=actor, values={"name": name}, version=1)


@pytest.fixture
def renamed(cast: Cast) -> Done:
    """A customer of the seller, renamed by her; beside it one of the outsider."""
    made = _customer(cast)
    _rename(cast, _customer(cast, "outsider", "Bến Thành"), "Bến Thành Hai", "outsider", Door.API)
    return _rename(cast, made, "Ánh Dương Mới")


def test_tells_who_what_from_to_and_where_the_record_is(cast: Cast, renamed: Done) -> None:
    line = _ask(cast.actor("seller"))[0]

    (change,) = line.step.changes
    assert (line.step.who, line.step.verb, line.step.door) == ("Nguyễn Hồng Hạnh", "change", "web")
    assert (change.field.name, change.was, change.now) == ("name", "Ánh Dương", "Ánh Dương Mới")
    assert line.entity is entity_named("customers")
    assert line.record is not None
    assert (line.record_id, line.record.label) == (renamed.id, "Ánh Dương Mới")


@pytest.mark.parametrize(
    ("asked", "count"),
    [
        ({"who": "hong hanh"}, 2),
        ({"who": "seller@example.com"}, 2),
        ({"who": "tests", "kind": "customers"}, 0),
        ({"who": "nobody at all"}, 0),
        ({"record": "anh duong"}, 2),
        ({"verb": "change", "kind": "customers"}, 2),
        ({"verb": "customers.change", "who": "hanh"}, 1),
        ({"door": "api"}, 1),
        ({"field": "customers.name"}, 2),
        ({"field": "customers.phones"}, 0),
        ({"words": "DUONG moi"}, 1),
        ({"words": "khong co"}, 0),
        ({"since": today(), "kind": "customers"}, 4),
        ({"until": today() - dt.timedelta(days=1)}, 0),
        ({"opened": True}, 0),
    ],
)
def test_finds_by_every_condition(cast: Cast, renamed: Done, asked: dict[str, object], count: int) -> None:
    lines = _ask(cast.actor("director"), oversees=True, **asked)

    assert (
        len([line for line in lines if line.family == "parties" and line.step.verb in ("create", "change")])
        == count
    )


def test_finds_a_record_by_its_code(cast: Cast, renamed: Done) -> None:
    code = entity_named("customers").rows(cast.actor("seller")).get(pk=renamed.id).code

    lines = _ask(cast.actor("seller"), record=code.lower())

    assert {line.record_id for line in lines} == {renamed.id}
    assert _ask(cast.actor("outsider"), record=code) == []


def test_finds_what_a_part_of_the_system_did(cast: Cast) -> None:
    assert {line.step.who for line in _ask(cast.actor("director"), oversees=True, who="tests")} == {"tests"}


def test_finds_what_somebody_had_done_for_her(cast: Cast, renamed: Done) -> None:
    acting = replace(cast.actor("teller"), on_behalf_of=cast.users["seller"].pk)
    noted = trail.note_opened(acting, "users.view_as", entity="users", record_id=cast.users["seller"].pk)

    lines = _ask(cast.actor("director"), oversees=True, who="Nguyễn Hồng Hạnh", opened=True)

    assert [line.step.operation for line in lines] == [noted.id]
    assert lines[0].was_opened


def test_shows_nobody_a_record_that_is_not_open_to_her(cast: Cast, renamed: Done) -> None:
    assert {line.record_id for line in _ask(cast.actor("teller"), kind="customers")} <= {renamed.id}
    assert "Bến Thành" not in str(_ask(cast.actor("seller")))
    assert _ask(cast.actor("seller"), record="Bến Thành") == []
    assert _ask(cast.actor("seller"), words="ben thanh") == []


def test_shows_an_overseer_that_something_happened_and_no_value_of_it(cast: Cast, renamed: Done) -> None:
    lines = _ask(cast.actor("admin"), oversees=True, kind="customers")

    assert len(lines) == 4
    assert not any(line.is_open for line in lines)
    changed = [change for line in lines for change in line.step.changes]
    assert {change.field.name for change in changed} == {"name"}
    assert all(change.is_secret and change.was is change.now is None for change in changed)
    assert "Dương" not in str(lines)
    assert _ask(cast.actor("admin"), oversees=True, words="duong") == []


def test_a_hidden_field_is_neither_told_nor_searched(cast: Cast, renamed: Done) -> None:
    role = Role.objects.get(code="SALES_REP")
    customers, seller = entity_named("customers"), cast.actor("seller")
    done = standard.change(customers, renamed.id, actor=seller, values={"phones": ["0987654321"]}, version=2)
    trail.begin(cast.actor("admin"), "roles.set_rights")
    FieldRight.objects.create(role=role, entity="customers", field="phones", level="hidden")

    limited = cast.actor("seller")

    assert done.operation.id not in [line.step.operation for line in _ask(limited)]
    assert _ask(limited, words="987654321") == []
    assert _ask(limited, oversees=True, record="Ánh Dương")[0].step.changes == ()
    with pytest.raises(BadRequest):
        _ask(limited, field="customers.phones")


def test_tells_a_secret_value_only_as_changed(cast: Cast) -> None:
    customers, seller = entity_named("customers"), cast.actor("seller")
    values = {"name": "Phan Thu Trà", "kind": "INDIVIDUAL", "tax_code": "031190000012"}
    made = standard.create(customers, actor=seller, values=values)
    standard.change(customers, made.id, actor=seller, values={"tax_code": "031190000099"}, version=1)

    (line,) = _ask(seller, field="customers.tax_code")

    assert [change.is_secret for change in line.step.changes] == [True]
    assert "0311900000" not in str(line)


def test_goes_on_page_by_page_without_a_gap(cast: Cast, renamed: Done) -> None:
    director, question = cast.actor("director"), Question()
    whole = [row.id for row in find_entries(question, actor=director, oversees=True, limit=10_000).rows]
    pages, after = [], None
    while True:
        found = find_entries(question, actor=director, oversees=True, after=after, limit=3)
        pages += [row.id for row in found.rows]
        after = found.next
        if after is None:
            break

    assert pages == whole


def test_looks_at_so_many_entries_for_one_page_and_says_how_far_back(
    cast: Cast, renamed: Done, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(trail_search, "WINDOW", 2)
    director, question = cast.actor("director"), Question(words="dương", kind="customers")
    ids, after, pages = [], None, 0
    while pages < 10:
        found = find_entries(question, actor=director, oversees=True, after=after)
        ids += [row.id for row in found.rows]
        after, pages = found.next, pages + 1
        assert (found.reached is None) == (after is None)
        if after is None:
            break

    assert len(ids) == 1
    assert pages > 1


@pytest.mark.parametrize("after", ["", "x", "2026-01-01~5", "2026-01-01~5:forged"])
def test_refuses_a_forged_cursor(cast: Cast, after: str) -> None:
    with pytest.raises(BadRequest):
        find_entries(Question(), actor=cast.actor("director"), oversees=True, after=after)


@pytest.mark.parametrize("asked", [{"kind": "nothing"}, {"field": "customers.nothing"}, {"field": "nothing"}])
def test_refuses_a_kind_or_field_that_is_none(cast: Cast, asked: dict[str, str]) -> None:
    with pytest.raises(BadRequest):
        _ask(cast.actor("director"), oversees=True, **asked)


def test_costs_the_same_for_few_lines_and_for_many(cast: Cast) -> None:
    def queries(limit: int) -> int:
        with CaptureQueriesContext(connection) as caught:
            found = find_entries(Question(), actor=director, oversees=True, limit=limit)
            tell_entries(found.rows, Question(), actor=director, oversees=True)
        return len(caught)

    director = cast.actor("director")
    for number in range(12):
        _customer(cast, name=f"Khách {number}")

    assert queries(3) == queries(12)
