"""Many calls at the same time: none is lost, none overwrites another."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from duyen.foundation.audit.models import History
from duyen.surfaces.api.tests.conftest import Caller

pytestmark = pytest.mark.django_db(transaction=True)
CALLERS = 6


def _together(call: Callable[[int], Any]) -> list[Any]:
    """Let several threads call at once, and collect what they got."""
    answers: list[Any] = []
    start = threading.Barrier(CALLERS)

    def run(number: int) -> None:
        start.wait()
        try:
            answers.append(call(number))
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(number,)) for number in range(CALLERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == CALLERS
    return answers


def test_lets_one_of_several_changes_through_and_shows_the_others_both_values(seller: Caller) -> None:
    made = seller.new_customer("Nguyễn Văn An")

    def change(number: int) -> tuple[int, Any]:
        answer = Caller(seller.token).patch(
            f"/customers/{made['id']}", {"name": f"Nguyễn Văn {number}", "version": 1}
        )
        return answer.status_code, answer.json()

    answers = _together(change)

    (won,) = [told for status, told in answers if status == 200]
    lost = [told for status, told in answers if status == 409]
    assert len(lost) == CALLERS - 1
    assert {told["errors"][0]["theirs"] for told in lost} == {won["name"]}
    assert {told["current_version"] for told in lost} == {2}
    assert seller.get(f"/customers/{made['id']}").json()["name"] == won["name"]
    assert History.objects.filter(root_id=made["id"], verb="customers.change").count() == 1


def test_gives_each_of_several_new_records_a_number_of_its_own(seller: Caller) -> None:
    codes = _together(lambda number: Caller(seller.token).new_customer(f"Khách {number}")["code"])

    assert len(set(codes)) == CALLERS
    assert [int(code.rpartition("-")[2]) for code in sorted(codes)] == list(range(1, CALLERS + 1))
