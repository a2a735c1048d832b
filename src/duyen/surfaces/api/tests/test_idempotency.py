"""Idempotency-Key: what comes twice is written once."""

from __future__ import annotations

import datetime as dt
import threading

import pytest
import time_machine
from django.db import connection

from duyen.entities.models import GivenAnswer
from duyen.kernel.clock import now
from duyen.surfaces.api.tests.conftest import Caller, count_customers

BODY = {"name": "Nguyễn Văn An", "kind": "INDIVIDUAL"}


def test_gives_the_first_answer_again(seller: Caller) -> None:
    first = seller.post("/customers", BODY, Idempotency_Key="k-1")
    second = seller.post("/customers", BODY, Idempotency_Key="k-1")

    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json() == second.json()
    assert first.headers["Location"] == second.headers["Location"]
    assert count_customers() == 1


def test_writes_again_without_a_key_or_with_another(seller: Caller) -> None:
    for headers in ({}, {}, {"Idempotency_Key": "a"}, {"Idempotency_Key": "b"}):
        seller.post("/customers", BODY, **headers)

    assert count_customers() == 4


def test_refuses_a_key_that_came_with_another_request(seller: Caller) -> None:
    seller.post("/customers", BODY, Idempotency_Key="k-1")

    answer = seller.post("/customers", BODY | {"note": "Khác"}, Idempotency_Key="k-1")

    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key_reused"
    assert count_customers() == 1


def test_keeps_keys_of_different_users_apart(seller: Caller, outsider: Caller) -> None:
    seller.post("/customers", BODY, Idempotency_Key="k-1")
    outsider.post("/customers", BODY, Idempotency_Key="k-1")

    assert count_customers() == 2


def test_keeps_no_key_of_a_refused_request(seller: Caller) -> None:
    refused = seller.post("/customers", BODY | {"name": ""}, Idempotency_Key="k-1")
    taken = seller.post("/customers", BODY, Idempotency_Key="k-1")

    assert (refused.status_code, taken.status_code) == (422, 201)
    assert count_customers() == 1


def test_forgets_a_key_after_a_day(seller: Caller) -> None:
    start = now()
    with time_machine.travel(start, tick=False):
        seller.post("/customers", BODY, Idempotency_Key="k-1")
    with time_machine.travel(start + dt.timedelta(hours=24), tick=False):
        seller.post("/customers", BODY, Idempotency_Key="k-1")
    assert count_customers() == 1
    with time_machine.travel(start + dt.timedelta(hours=24, seconds=1), tick=False):
        seller.post("/customers", BODY, Idempotency_Key="k-1")

    assert count_customers() == 2
    assert GivenAnswer.objects.count() == 1


@pytest.mark.parametrize("key", ["", "a" * 101, "đ"])
def test_refuses_keys_that_cannot_be_kept(seller: Caller, key: str) -> None:
    answer = seller.post("/customers", BODY, Idempotency_Key=key)

    assert answer.status_code == 422
    assert answer.json()["code"] == "idempotency_key"
    assert count_customers() == 0


def test_takes_a_step_once(seller: Caller) -> None:
    made = seller.new_customer()
    path = f"/customers/{made['id']}/start"

    first = seller.post(path, {"note": "Ký"}, Idempotency_Key="k-1")
    second = seller.post(path, {"note": "Ký"}, Idempotency_Key="k-1")

    assert first.json() == second.json()
    assert second.status_code == 200


@pytest.mark.django_db(transaction=True)
def test_writes_once_when_the_same_request_comes_twice_at_the_same_time(seller: Caller) -> None:
    answers = []
    together = threading.Barrier(4)

    def call() -> None:
        caller = Caller(seller.token)
        together.wait()
        answer = caller.post("/customers", BODY, Idempotency_Key="k-1")
        answers.append((answer.status_code, answer.json()["id"]))
        connection.close()

    threads = [threading.Thread(target=call) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(answers) == 4
    assert {status for status, _ in answers} == {201}
    assert len({record for _, record in answers}) == 1
    assert count_customers() == 1
