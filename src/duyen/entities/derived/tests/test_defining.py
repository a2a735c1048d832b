"""Formulas and roll-ups as an administrator defines them: refused with a place, used, retired, deleted."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import transaction

from duyen.entities import paging, standard
from duyen.entities.custom import defining
from duyen.entities.custom.using import purge, uses_of
from duyen.entities.derived.checks import check_formulas, drift_of, mend_formulas
from duyen.entities.derived.pending import pending_of
from duyen.entities.derived.plans import all_plans
from duyen.entities.derived.recounting import CHUNK, catch_up, recount_now, unsettled, work_out_due
from duyen.entities.derived.settling import MOST_AT_ONCE, settle
from duyen.entities.derived.tests.conftest import Define
from duyen.entities.errors import InvalidValues
from duyen.entities.registry import entity_named
from duyen.entities.undo import undo
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.database.health import Level
from duyen.foundation.fields import versions
from duyen.foundation.fields.models import Computed, CustomField, DueValue
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import Run, work
from duyen.foundation.org.models import Role
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
CUSTOMERS = entity_named("customers")


def make(cast: Cast, **values: object) -> int:
    given = {"name": "Công ty May Hạ Long", "kind": "ORGANISATION", **values}
    return standard.create(CUSTOMERS, actor=cast.actor("seller"), values=given).id


def value(record: int, field: CustomField) -> Any:
    return Party.objects.values_list("derived", flat=True).get(pk=record).get(str(field.pk))


def refused(define: Define, **given: Any) -> list[tuple[str, str]]:
    before = (CustomField.objects.count(), Job.objects.count(), History.objects.count())
    with pytest.raises(InvalidValues) as error:
        define(given.pop("label", "Trường thử"), **given)
    assert (CustomField.objects.count(), Job.objects.count(), History.objects.count()) == before
    return [(each.field, each.code) for each in error.value.problems]


def test_stands_at_once_and_leaves_no_trace(cast: Cast, make_field: MakeField, define: Define) -> None:
    make_field("count", "whole", label="Số máy")
    double = define("Gấp đôi", formula="[Số máy] * 2", result="whole")
    record = make(cast, custom_count=4)

    assert value(record, double) == 8
    row = Party.objects.get(pk=record)
    assert row.version == 1
    assert [each.changes for each in History.objects.filter(entity="parties", record_id=record)] == [None]

    done = standard.change(
        CUSTOMERS, record, actor=cast.actor("seller"), values={"custom_count": 5}, version=1
    )
    assert value(record, double) == 10
    assert Party.objects.get(pk=record).version == 2
    entry = History.objects.filter(operation=done.operation.id).get()
    assert [name.partition(".")[0] for name in entry.changes or {}] == ["custom"]
    undo(done.operation.id, actor=cast.actor("seller"))
    assert value(record, double) == 8


def test_nobody_sets_it(cast: Cast, make_field: MakeField, define: Define) -> None:
    make_field("count", "whole", label="Số máy")
    double = define("Gấp đôi", formula="[Số máy] * 2", result="whole")

    with pytest.raises(InvalidValues) as error:
        make(cast, custom_gap_doi=7)

    assert [(each.field, each.code) for each in error.value.problems] == [("custom_gap_doi", "unknown_field")]
    assert double.limits["reads"] == [["customers", "custom_count"]]


def test_sorts_filters_and_adds_up(cast: Cast, make_field: MakeField, define: Define) -> None:
    make_field("count", "whole", label="Số máy")
    define("Gấp rưỡi", formula="[Số máy] * 1,5")
    for count in (3, 10, 2):
        make(cast, name=f"Xưởng {count}", custom_count=count)
    make(cast, name="Xưởng không")

    def found(**view: object) -> list[str]:
        page = paging.page(
            CUSTOMERS,
            CUSTOMERS.listing(),
            actor=cast.actor("seller"),
            view=paging.View(**view),  # type: ignore[arg-type] # given by name
        )
        return [str(row["name"]) for row in page.rows]

    assert found(sort="-custom_gap_ruoi")[:3] == ["Xưởng 10", "Xưởng 3", "Xưởng 2"]
    assert found(filter=["custom_gap_ruoi", "gte", "4,5"], sort="custom_gap_ruoi") == ["Xưởng 3", "Xưởng 10"]
    assert found(filter=["custom_gap_ruoi", "empty", True]) == ["Xưởng không"]


def test_refuses_what_cannot_be_worked_out_with_its_place(make_field: MakeField, define: Define) -> None:
    make_field("count", "whole", label="Số máy")

    assert refused(define, formula="[Số mái] * 2") == [("formula", "unknown_field")]
    assert refused(define, formula="[Tên] * 2 + [x]") == [("formula", "type"), ("formula", "unknown_field")]
    assert refused(define, formula="today()") == [("formula", "moving")]
    assert refused(define, formula="[Số máy] * 2", result="text") == [("result", "type")]
    assert refused(define, formula="[Số máy]", digits="9") == [("digits", "out_of_range")]
    assert refused(define, formula="[Số máy]", required="always") == [("required", "derived")]
    assert refused(define, formula="[Loại]") == [("formula", "type")]
    assert refused(define, formula="[Sửa lúc]") == [("formula", "untold")]
    assert refused(define, source="ties.nothing", what="count") == [("source", "unknown_choice")]
    assert refused(define, source="ties.to_party", what="average") == [("what", "unknown_choice")]
    assert refused(define, source="ties.to_party", what="sum", of="note") == [("of", "unknown_choice")]
    assert refused(define, source="ties.to_party", what="count", where="[Từ ngày]") == [("where", "type")]


def test_refuses_a_circle(cast: Cast, make_field: MakeField, define: Define) -> None:
    make_field("count", "whole", label="Số máy")
    first = define("Một", formula="[Số máy] + 1", result="whole")
    define("Hai", formula="[Một] + 1", result="whole")

    with pytest.raises(InvalidValues) as error:
        defining.alter(first.pk, {"formula": "[Hai] + 1"}, version=first.version, actor=cast.actor("admin"))
    with pytest.raises(InvalidValues) as itself:
        defining.alter(first.pk, {"formula": "[Một] + 1"}, version=first.version, actor=cast.actor("admin"))

    assert [(each.field, each.code) for each in error.value.problems] == [("formula", "circle")]
    assert "“Hai”" in str(error.value.problems[0].message)
    assert [each.code for each in itself.value.problems] == ["circle"]
    assert CustomField.objects.get(pk=first.pk).limits["formula"] == "[custom_count] + 1"


def test_keeps_what_others_follow_from(cast: Cast, make_field: MakeField, define: Define) -> None:
    count = make_field("count", "whole", label="Số máy")
    double = define("Gấp đôi", formula="[Số máy] * 2", result="whole")
    admin = cast.actor("admin")

    for step in (defining.retire, defining.delete):
        with pytest.raises(defining.FieldFollowed):
            step(count.pk, version=count.version, actor=admin)
    assert uses_of(count).followers == ["Gấp đôi"]
    assert CustomField.objects.get(pk=count.pk).state == "active"

    defining.retire(double.pk, version=double.version, actor=admin)
    with pytest.raises(defining.FieldFollowed):
        defining.delete(count.pk, version=count.version, actor=admin)
    defining.retire(count.pk, version=count.version, actor=admin)
    double.refresh_from_db()
    with pytest.raises(defining.FormulaBroken):
        defining.restore(double.pk, version=double.version, actor=admin)


def test_comes_back_up_to_date(cast: Cast, make_field: MakeField, define: Define) -> None:
    make_field("count", "whole", label="Số máy")
    double = define("Gấp đôi", formula="[Số máy] * 2", result="whole")
    recount_now()
    record, admin = make(cast, custom_count=1), cast.actor("admin")
    defining.retire(double.pk, version=double.version, actor=admin)
    standard.change(CUSTOMERS, record, actor=cast.actor("seller"), values={"custom_count": 9}, version=1)
    assert value(record, double) == 2
    double.refresh_from_db()

    defining.restore(double.pk, version=double.version, actor=admin)

    job = Job.objects.filter(kind="derived").order_by("-pk").first()
    assert job is not None
    field = CUSTOMERS.by_name["custom_gap_doi"]
    assert pending_of([field], [record]).has(field.name, record)
    assert work(job.pk)
    assert Job.objects.get(pk=job.pk).state == JobState.DONE
    assert value(record, double) == 18
    assert not pending_of([field], [record]).has(field.name, record)


def test_another_formula_is_worked_out_for_all_with_what_follows_from_it(
    cast: Cast, make_field: MakeField, define: Define
) -> None:
    make_field("count", "whole", label="Số máy")
    first = define("Một", formula="[Số máy] + 1", result="whole")
    second = define("Hai", formula="[Một] * 10", result="whole")
    record = make(cast, custom_count=1)
    recount_now()

    defining.alter(first.pk, {"formula": "[Số máy] + 2"}, version=first.version, actor=cast.actor("admin"))

    assert {each.id for each in unsettled(all_plans())} == {first.pk, second.pk}
    recount_now()
    assert (value(record, first), value(record, second)) == (3, 30)
    assert unsettled(all_plans()) == []


def test_a_rename_touches_nothing(cast: Cast, make_field: MakeField, define: Define) -> None:
    count = make_field("count", "whole", label="Số máy")
    double = define("Gấp đôi", formula="[Số máy] * 2", result="whole")
    recount_now()

    defining.alter(count.pk, {"label": "Máy may"}, version=count.version, actor=cast.actor("admin"))

    assert unsettled(all_plans()) == []
    assert double.limits["formula"] == "[custom_count] * 2"


def test_deleting_takes_values_away(cast: Cast, make_field: MakeField, define: Define) -> None:
    make_field("count", "whole", label="Số máy")
    double = define("Gấp đôi", formula="[Số máy] * 2", result="whole")
    recount_now()
    record = make(cast, custom_count=4)

    job = defining.delete(double.pk, version=double.version, actor=cast.actor("admin"))
    purge(Run(job))

    assert Party.objects.get(pk=record).derived == {}
    assert not Computed.objects.filter(field_id=double.pk).exists()


def test_what_hides_an_input_hides_what_follows(cast: Cast, make_field: MakeField, define: Define) -> None:
    make_field("price", "amount", label="Đơn giá")
    define("Thuế", formula="[Đơn giá] * 10%", result="amount")
    define("Thuế năm", formula="[Thuế] * 12", result="amount")
    define("Tên đơn vị", formula="[Đơn vị.Tên]")
    seller = cast.actor("seller")
    assert {"custom_thue", "custom_thue_nam"} <= {each.name for each in CUSTOMERS.readable(seller)}

    with transaction.atomic():
        trail.begin(cast.actor("admin"), "roles.change")
        role = Role.objects.get(code="SALES_REP")
        FieldRight.objects.create(
            role=role, entity="customers", field="custom_price", level=FieldLevel.HIDDEN.value
        )

    names = {each.name for each in CUSTOMERS.readable(cast.actor("seller"))}
    assert not {"custom_price", "custom_thue", "custom_thue_nam"} & names
    assert "custom_ten_don_vi" in names
    assert "custom_thue" in {each.name for each in CUSTOMERS.readable(cast.actor("manager"))}


@pytest.mark.django_db(transaction=True)
def test_more_than_one_write_waits_for_are_due(cast: Cast, make_field: MakeField, define: Define) -> None:
    make_field("boss", "link", label="Cấp trên", limits={"to": "customers"})
    versions.pin()
    named = define("Tên cấp trên", formula="[Cấp trên.Tên]")
    recount_now()
    boss, seller = make(cast, name="Tổng công ty"), cast.actor("seller")
    rows = [
        {"name": f"Chi nhánh {each}", "kind": "ORGANISATION", "custom_boss": boss}
        for each in range(MOST_AT_ONCE + 5)
    ]
    made, _operation = standard.create_many(CUSTOMERS, actor=seller, rows=rows)
    last = max(each.id or 0 for each in made)
    DueValue.objects.all().delete()
    assert value(last, named) == "Tổng công ty"

    standard.change(CUSTOMERS, boss, actor=seller, values={"name": "Tập đoàn"}, version=1)

    assert value(int(made[0].id or 0), named) == "Tập đoàn"
    assert value(last, named) == "Tổng công ty"
    field = CUSTOMERS.by_name["custom_ten_cap_tren"]
    assert pending_of([field], [last]).has(field.name, last)
    assert work_out_due() > MOST_AT_ONCE
    assert value(last, named) == "Tập đoàn"
    assert not pending_of([field], [last]).has(field.name, last)
    assert CHUNK > MOST_AT_ONCE


@pytest.mark.django_db(transaction=True)
def test_drift_is_found_and_mended(cast: Cast, make_field: MakeField, define: Define) -> None:
    make_field("count", "whole", label="Số máy")
    double = define("Gấp đôi", formula="[Số máy] * 2", result="whole")
    recount_now()
    record = make(cast, custom_count=4)
    assert [each.level for each in check_formulas()] == [Level.GOOD]
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "customers.change")
        Party.objects.filter(pk=record).update(derived={str(double.pk): 999})

    told = [each.line for each in check_formulas() if each.level is Level.WARNING]
    assert len(told) == 1
    assert "custom_gap_doi: 1 values" in told[0]
    mend_formulas()
    assert value(record, double) == 8
    assert [drift_of(each) for each in all_plans().ordered] == [[]]


def test_a_job_that_was_lost_is_asked_for_again(make_field: MakeField, define: Define) -> None:
    make_field("count", "whole", label="Số máy")
    define("Gấp đôi", formula="[Số máy] * 2", result="whole")
    Job.objects.all().delete()

    catch_up()
    catch_up()

    assert Job.objects.filter(kind="derived").count() == 1


def test_where_nothing_follows_a_write_costs_one_query_more(
    cast: Cast, django_assert_num_queries: Any
) -> None:
    make(cast)

    with django_assert_num_queries(1):
        settle()
