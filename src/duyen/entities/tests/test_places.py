"""Addresses in the units of today: through REST's and the form's door, filters, and the job that converts."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection

from duyen.entities import converting
from duyen.entities.converting import convert_everywhere, count_waiting, is_any_waiting, start_conversion
from duyen.entities.entity import Entity
from duyen.entities.errors import BadRequest, InvalidValues
from duyen.entities.fields import FieldRefused
from duyen.entities.history import history
from duyen.entities.paging import View, page
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import Run, stop, work
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

SPLIT = {"ward": "P. Lạch Tray", "district": "Q. Ngô Quyền", "province": "Hải Phòng"}
CERTAIN = {"ward": "P.5", "district": "Q.3", "province": "TP.HCM"}


def _read(customers: Entity, *items: object) -> Any:
    return customers.field("addresses").read(list(items))


def test_keeps_codes_and_what_was_entered(customers: Entity) -> None:
    certain = {"ward_code": "27154", "province_code": "79", "status": "converted", "legacy": CERTAIN}
    assert _read(customers, {"line": "1", **CERTAIN}) == ({"line": "1", **certain},)
    assert _read(customers, {"line": "1", **SPLIT}) == (
        {"line": "1", "province_code": "31", "status": "needs_review", "legacy": SPLIT},
    )
    today = {"ward": "Phường Lê Chân", "province": "Thành phố Hải Phòng"}
    kept = {"ward_code": "11383", "province_code": "31", "status": "as_given"}
    assert _read(customers, today, {"ward_code": "11383"}) == (kept, kept)


@pytest.mark.parametrize(
    "item",
    [
        "12 Lạch Tray, P. Lạch Tray, Q. Ngô Quyền, Hải Phòng",
        {"line": "1", **CERTAIN, "label": "Kho", "hamlet": "Tổ 5"},
        {"line": "1", **SPLIT},
        {"line": "1", "ward": "Nơi Nào", "province": "Hải Phòng"},
        {"province": "Hải Dương"},
        {"province_code": "31"},
        {"line": "1"},
        {"ward_code": "11359", "legacy": SPLIT},
        {"ward_code": "11383", "ward": "Lê Chân", "province": "HP"},
    ],
)
def test_takes_back_what_it_gave(customers: Entity, item: object) -> None:
    field = customers.field("addresses")
    once = field.read([item])
    assert field.read(once) == once
    assert field.read(field.to_json(once)) == once


def test_tells_the_candidates_of_a_split_ward(customers: Entity) -> None:
    field = customers.field("addresses")
    (told,) = field.to_json(field.read([SPLIT]))
    assert told["candidates"] == ["11359", "11383"]
    (chosen,) = field.read([{**told, "ward_code": "11383"}])
    assert (chosen["status"], chosen["legacy"]) == ("converted", SPLIT)


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"ward_code": "99999"}, "ward_code"),
        ({"province_code": "30"}, "province_code"),
        ({"ward_code": "11383", "province_code": "01"}, "province_code"),
        ({"ward_code": "11383", "ward": "Phường Hoàn Kiếm", "legacy": SPLIT}, "ward_code"),
        ({"line": "x" * 301}, "too_long"),
        ({"legacy": "Lạch Tray"}, "address"),
        ({"city": "Hải Phòng"}, "address_part"),
        (7, "address"),
    ],
)
def test_refuses_what_contradicts_itself(customers: Entity, item: object, code: str) -> None:
    with pytest.raises(FieldRefused) as refused:
        _read(customers, item)
    assert refused.value.code == code


def test_a_refused_address_makes_no_record(make_customer: MakeCustomer) -> None:
    with pytest.raises(InvalidValues):
        make_customer(addresses=[{"ward_code": "99999"}])
    assert Party.objects.count() == 0


def _found(customers: Entity, cast: Cast, tree: object) -> set[int]:
    view = View(filter=tree, limit=200)
    return {
        row["id"] for row in page(customers, customers.listing(), actor=cast.actor("seller"), view=view).rows
    }


def test_filters_by_province_and_ward_by_any_of_their_names(
    cast: Cast, customers: Entity, make_customer: MakeCustomer
) -> None:
    here = make_customer("Một", addresses=[{"ward": "Phường Lê Chân", "province": "Hải Phòng"}])
    there = make_customer("Hai", addresses=[{"line": "1", **CERTAIN}])
    split = make_customer("Ba", addresses=[{"line": "1", **SPLIT}])
    none = make_customer("Bốn")

    for names in ("31", "Hải Phòng", "hai duong", "TP. Hải Phòng"):
        assert _found(customers, cast, ["province", "in", [names]]) == {here, split}
    assert _found(customers, cast, ["province", "contains", "hai"]) == {here, split}
    assert _found(customers, cast, ["province", "contains", "binh duong"]) == {there}
    assert _found(customers, cast, ["province", "empty", True]) == {none}
    assert _found(customers, cast, ["ward", "eq", "11383"]) == {here}
    assert _found(customers, cast, ["ward", "in", ["Phường 5, Quận 3, TP.HCM"]]) == {there}
    assert _found(customers, cast, ["ward", "starts", "le ch"]) == {here}
    assert _found(customers, cast, ["address_status", "in", ["needs_review", "unknown"]]) == {split}
    for tree in (
        ["province", "in", ["Atlantis"]],
        ["ward", "eq", "Lạch Tray, Ngô Quyền"],
        ["ward", "contains", ""],
    ):
        with pytest.raises(BadRequest):
            _found(customers, cast, tree)


# --- addresses that stood there before ----------------------------------------------------------------------


@pytest.fixture
def old_rows(make_customer: MakeCustomer) -> list[int]:
    """Make customers whose addresses stand as they did before the units of today were known."""
    held: list[list[dict[str, Any]]] = [
        [{"line": "1", **CERTAIN}],
        [{"line": "2", **SPLIT}],
        [{"line": "3", "ward": "Phường Lê Chân", "province": "Thành phố Hải Phòng", "ward_code": "00001"}],
        [{"line": "4", "ward": "Nơi Nào", "province": "Hải Phòng"}, {"line": "5"}],
        [],
    ]
    ids = [make_customer(f"Khách {number}", note="khách quen") for number in range(len(held))]
    trail.begin(system_actor("tests"), "tests.old")
    for row_id, addresses in zip(ids, held, strict=True):
        Party.objects.filter(pk=row_id).update(addresses=addresses)
    return ids


def _job(cast: Cast) -> Job:
    job = start_conversion(actor=cast.actor("admin"))
    work(job.pk)
    job.refresh_from_db()
    return job


def test_the_job_converts_what_stood_there_and_tells_how_it_went(
    cast: Cast, customers: Entity, old_rows: list[int]
) -> None:
    assert (is_any_waiting(), count_waiting()) == (True, 4)

    job = _job(cast)

    assert (job.state, job.done, job.total) == (JobState.DONE, 4, 4)
    assert job.result == {"converted": 1, "needs_review": 1, "as_given": 1, "unknown": 1}
    rows = {row.pk: row for row in Party.objects.all()}
    kept = [(rows[each].ward_code, rows[each].province_code, rows[each].address_status) for each in old_rows]
    assert kept == [
        *[("27154", "79", "converted"), ("", "31", "needs_review"), ("11383", "31", "as_given")],
        *[("", "31", "unknown"), ("", "", "")],
    ]
    assert rows[old_rows[0]].addresses[0]["legacy"] == CERTAIN
    assert [rows[each].note for each in old_rows] == ["khách quen"] * 5
    assert not is_any_waiting()


def test_every_conversion_stands_in_the_history_of_its_record(
    cast: Cast, customers: Entity, old_rows: list[int]
) -> None:
    _job(cast)
    step = history(customers, old_rows[0], actor=cast.actor("seller")).steps[0]
    assert (step.verb, step.user_id, step.version) == ("convert", None, 2)
    assert {change.field.name for change in step.changes} >= {"addresses", "ward", "province"}
    assert history(customers, old_rows[4], actor=cast.actor("seller")).steps[0].verb != "convert"


def test_is_harmless_when_it_runs_twice_or_is_asked_for_twice(cast: Cast, old_rows: list[int]) -> None:
    first = start_conversion(actor=cast.actor("admin"))
    assert start_conversion(actor=cast.actor("admin")).pk == first.pk
    work(first.pk)
    before = list(Party.objects.order_by("pk").values())

    again = _job(cast)

    assert (again.pk != first.pk, again.done) == (True, 0)
    assert list(Party.objects.order_by("pk").values()) == before


def test_goes_on_where_it_was_broken_off(
    cast: Cast, old_rows: list[int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converting, "CHUNK", 1)
    job = start_conversion(actor=cast.actor("admin"))
    real, calls = converting.convert, [0]

    def dying(*given: Any, **named: Any) -> Any:
        calls[0] += 1
        if calls[0] == 3:
            raise KeyboardInterrupt
        return real(*given, **named)

    monkeypatch.setattr(converting, "convert", dying)
    with pytest.raises(KeyboardInterrupt):
        work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, count_waiting()) == (JobState.FAILED, 2, 2)

    monkeypatch.setattr(converting, "convert", real)
    Job.objects.filter(pk=job.pk).update(state=JobState.QUEUED)
    work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.done, sum(job.result.values()), count_waiting()) == (JobState.DONE, 4, 4, 0)
    assert Party.objects.filter(pk__in=old_rows, version=2).count() == 4


def test_stops_before_the_next_chunk_when_somebody_says_so(cast: Cast, old_rows: list[int]) -> None:
    job = start_conversion(actor=cast.actor("admin"))
    stop(job)
    work(job.pk)
    job.refresh_from_db()
    assert (job.state, count_waiting()) == (JobState.CANCELLED, 4)


def test_costs_as_many_queries_for_many_as_for_few(
    cast: Cast, make_customer: MakeCustomer, django_assert_max_num_queries: Any
) -> None:
    ids = [make_customer(f"Khách {number}") for number in range(30)]
    trail.begin(system_actor("tests"), "tests.old")
    Party.objects.filter(pk__in=ids).update(addresses=[CERTAIN])
    job = start_conversion(actor=cast.actor("admin"))
    with django_assert_max_num_queries(40):
        convert_everywhere(Run(job))
    assert connection.in_atomic_block
    assert count_waiting() == 0
