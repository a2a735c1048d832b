"""Two who write at once, each on a connection of her own, leave what follows right."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from django.db import connection, transaction

from duyen.entities import standard
from duyen.entities.derived.checks import drift_of
from duyen.entities.derived.plans import all_plans
from duyen.entities.derived.recounting import recount_now, work_out_due
from duyen.entities.derived.tests.conftest import Define
from duyen.entities.registry import entity_named
from duyen.foundation.fields import versions
from duyen.foundation.fields.models import DueValue
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db(transaction=True)
CUSTOMERS = entity_named("customers")
ROUNDS = 12


def _at_once(*works: Callable[[], None]) -> None:
    """Carry out each piece of work in a thread of its own, and so on a connection of its own."""
    faults: list[BaseException] = []
    together = threading.Barrier(len(works))

    def run(work: Callable[[], None]) -> None:
        try:
            versions.pin()
            together.wait(timeout=60)
            work()
        except BaseException as fault:  # noqa: BLE001 - told to the test
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    if faults:
        raise faults[0]


@pytest.fixture
def boss(cast: Cast, make_field: MakeField, define: Define) -> int:
    make_field("amount", "amount", label="Số tiền")
    make_field("boss", "link", label="Cấp trên", limits={"to": "customers"})
    define("Tổng", source="customers.custom_boss", what="sum", of="custom_amount")
    define("Bao nhiêu", source="customers.custom_boss", what="count")
    define("Gấp đôi", formula="[Tổng] * 2")
    recount_now()
    return _made(cast, "Cấp trên chung")


def _made(cast: Cast, name: str, **values: object) -> int:
    given = {"name": name, "kind": "ORGANISATION", **values}
    return standard.create(CUSTOMERS, actor=cast.actor("director"), values=given).id


def _is_right() -> None:
    assert [each for plan in all_plans().ordered for each in drift_of(plan)] == []


def test_who_link_to_the_same_record_are_all_added_up(cast: Cast, boss: int) -> None:
    def link(letter: str) -> Callable[[], None]:
        def work() -> None:
            for number in range(ROUNDS):
                _made(cast, f"{letter} {number}", custom_boss=boss, custom_amount=1_000)

        return work

    _at_once(link("A"), link("B"))
    work_out_due()

    told = Party.objects.values_list("derived", flat=True).get(pk=boss)
    assert sorted(told.values()) == sorted([2 * ROUNDS * 1_000, 2 * ROUNDS, 4 * ROUNDS * 1_000])
    assert not DueValue.objects.exists()
    _is_right()


def test_one_who_changes_and_one_who_moves_the_same_records_agree(cast: Cast, boss: int) -> None:
    other = _made(cast, "Cấp trên khác")
    ids = [_made(cast, f"Dưới {n}", custom_boss=boss, custom_amount=500) for n in range(6)]
    actor = cast.actor("director")

    def change(key: str, wanted: Callable[[int], object]) -> Callable[[], None]:
        def work() -> None:
            for number in range(ROUNDS):
                record = ids[number % len(ids)]
                with transaction.atomic():
                    # Whoever comes second reads the version behind the first one's write.
                    version = (
                        Party.objects.select_for_update().values_list("version", flat=True).get(pk=record)
                    )
                    standard.change(
                        CUSTOMERS, record, actor=actor, values={key: wanted(number)}, version=version
                    )

        return work

    _at_once(
        change("custom_amount", lambda number: 100 * (number + 1)),
        change("custom_boss", lambda number: other if number % 2 else boss),
    )
    work_out_due()

    assert not DueValue.objects.exists()
    _is_right()
