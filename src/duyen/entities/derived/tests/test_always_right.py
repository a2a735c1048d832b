"""After any writes by any doors, what is kept is what one would reckon from scratch."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.bulk.changing import change_many
from duyen.entities.bulk.keeping import delete_many
from duyen.entities.derived.checks import drift_of
from duyen.entities.derived.plans import all_plans
from duyen.entities.derived.recounting import recount_now, work_out_due
from duyen.entities.derived.tests.conftest import Define
from duyen.entities.merging.merging import merge
from duyen.entities.merging.undoing import unmerge
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.undo import undo
from duyen.foundation.access.actor import Actor
from duyen.foundation.fields import versions
from duyen.kernel.errors import DomainError
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

CUSTOMERS = entity_named("customers")
_STEPS = (
    *(
        "create",
        "create",
        "change",
        "link",
        "move_many",
        "delete",
        "delete_many",
        "restore",
        "undo",
        "rename",
    ),
    *("tie", "merge", "unmerge", "hand_over"),
)


class World:
    """What is done to the customers of one test, and what can still be taken back."""

    def __init__(self, actor: Actor, units: list[int]) -> None:
        self.actor = actor
        self.units = units
        self.operations: list[int] = []
        self.merges: list[int] = []

    def version(self, record: int) -> int:
        return int(Party.objects.values_list("version", flat=True).get(pk=record))

    def some(self, number: int) -> int:
        ids = list(Party.objects.order_by("pk").values_list("pk", flat=True))
        return ids[number % len(ids)] if ids else 0

    def create(self, one: int, other: int, value: int) -> None:
        boss = (
            self.some(one) if one % 3 and Party.objects.filter(deleted_at=None, pk=self.some(one)) else None
        )
        values = {
            "name": f"Khách {value} {other}",
            "kind": "ORGANISATION",
            "custom_amount": value * 1000 or None,
            "custom_boss": boss,
        }
        done = standard.create(CUSTOMERS, actor=self.actor, values=values)
        self.operations.append(done.operation.id)

    def _change(self, record: int, values: dict[str, Any]) -> None:
        done = standard.change(
            CUSTOMERS, record, actor=self.actor, values=values, version=self.version(record)
        )
        self.operations.append(done.operation.id)

    def change(self, one: int, _other: int, value: int) -> None:
        self._change(self.some(one), {"custom_amount": value * 500})

    def link(self, one: int, other: int, value: int) -> None:
        self._change(self.some(one), {"custom_boss": self.some(other) if value % 4 else None})

    def rename(self, one: int, _other: int, value: int) -> None:
        self._change(self.some(one), {"name": f"Tên mới {value}"})

    def move_many(self, one: int, other: int, value: int) -> None:
        ids = sorted({self.some(one), self.some(other), self.some(value)})
        values = {"custom_boss": self.some(one + other), "custom_amount": value}
        self.operations.append(change_many(CUSTOMERS, ids, actor=self.actor, values=values).operation.id)

    def delete(self, one: int, _other: int, _value: int) -> None:
        done = standard.delete(CUSTOMERS, self.some(one), actor=self.actor)
        self.operations.append(done.operation.id)

    def delete_many(self, one: int, other: int, _value: int) -> None:
        ids = sorted({self.some(one), self.some(other)})
        self.operations.append(delete_many(CUSTOMERS, ids, actor=self.actor).operation.id)

    def restore(self, one: int, _other: int, _value: int) -> None:
        gone = list(Party.objects.exclude(deleted_at=None).order_by("pk").values_list("pk", flat=True))
        if gone:
            standard.restore(CUSTOMERS, gone[one % len(gone)], actor=self.actor)

    def undo(self, one: int, _other: int, _value: int) -> None:
        if self.operations:
            undo(self.operations[one % len(self.operations)], actor=self.actor)

    def tie(self, one: int, other: int, _value: int) -> None:
        asked = {"name": f"Người {one} {other}", "job_title": "Kế toán"}
        perform(CUSTOMERS, "add_contact", self.some(one), actor=self.actor, arguments=asked)

    def merge(self, one: int, other: int, _value: int) -> None:
        survivor, loser = self.some(one), self.some(other)
        versions_ = {each: self.version(each) for each in (survivor, loser)}
        doubts = ("two_addresses", "other_kind", "other_owner", "two_codes")
        done = merge(CUSTOMERS, survivor, [loser], actor=self.actor, versions=versions_, confirmed=doubts)
        self.merges.append(done.operation.id)

    def unmerge(self, one: int, _other: int, _value: int) -> None:
        if self.merges:
            unmerge(self.merges[one % len(self.merges)], actor=self.actor)

    def hand_over(self, one: int, _other: int, value: int) -> None:
        standard.hand_over(
            CUSTOMERS,
            [self.some(one)],
            actor=self.actor,
            owner=int(self.actor.user_id or 0),
            unit=self.units[value % len(self.units)],
        )


@pytest.mark.django_db(transaction=True)
def test_what_is_kept_is_what_follows(cast: Cast, make_field: MakeField, define: Define) -> None:
    make_field("amount", "amount", label="Số tiền")
    make_field("boss", "link", label="Cấp trên", limits={"to": "customers"})
    versions.pin()
    define("Thuế", formula="if([Số tiền] > 20.000; [Số tiền] * 10%; 0)", result="amount")
    define("Sau thuế", formula="[Số tiền] - [Thuế]", result="amount")
    define("Cấp dưới", source="customers.custom_boss", what="count")
    define("Tổng cấp dưới", source="customers.custom_boss", what="sum", of="custom_sau_thue", result="amount")
    define("Lớn", source="customers.custom_boss", what="count", where="[Số tiền] >= 30.000")
    define("Tên cấp dưới mới nhất", source="customers.custom_boss", what="latest", of="name")
    define("Tên đủ", formula='[Cấp trên.Tên] & " · " & [Đơn vị.Tên] & " · " & [Tổng cấp dưới]')
    define("Liên hệ", source="ties.to_party", what="count", where="is empty([Ngày cuối])")
    define("Hơn", formula="[Cấp trên.Tổng cấp dưới] > [Tổng cấp dưới]")
    recount_now()
    world = World(cast.actor("director"), [cast.units["HP1"].pk, cast.units["HD1"].pk])
    step = st.tuples(st.sampled_from(_STEPS), *[st.integers(0, 60)] * 3)

    @given(steps=st.lists(step, min_size=4, max_size=14))
    @settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    def always_right(steps: list[tuple[str, int, int, int]]) -> None:
        for name, *numbers in steps:
            do: Callable[[int, int, int], None] = getattr(world, name)
            if not Party.objects.exists() and name != "create":
                continue
            with suppress(DomainError):
                do(*numbers)
            work_out_due()
            assert [each for plan in all_plans().ordered for each in drift_of(plan)] == [], name

    always_right()
    assert Party.objects.exclude(derived={}).exists()
