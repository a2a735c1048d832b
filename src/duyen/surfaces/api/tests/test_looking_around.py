"""The bin as a list, the shares of a record, and headers alone."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

Calls = Callable[[str], Caller]


def test_lists_the_bin_with_who_put_it_there_and_why(cast: Cast, calls: Calls) -> None:
    seller, director = calls("seller"), calls("director")
    gone = seller.new_customer("Công ty Ánh Dương", kind="ORGANISATION")
    kept = seller.new_customer("Công ty Bình Minh", kind="ORGANISATION")
    director.delete(f"/customers/{gone['id']}", {"version": 1, "reason": "trùng"})

    listed = seller.get("/customers", bin="true").json()["items"]
    one = seller.get(f"/customers/{gone['id']}", bin="true")

    assert [each["id"] for each in listed] == [gone["id"]]
    deleted = listed[0]["deleted"]
    assert deleted["by"] == {"id": cast.user("director").pk, "label": "Hoàng Thị Lan"}
    assert (deleted["reason"], deleted["at"].endswith("Z")) == ("trùng", True)
    assert (one.status_code, one.json()["deleted"]) == (200, deleted)
    assert [each["id"] for each in seller.get("/customers").json()["items"]] == [kept["id"]]
    assert seller.get(f"/customers/{kept['id']}", bin="true").status_code == 404
    assert calls("outsider").get("/customers", bin="true").json()["items"] == []
    assert calls("outsider").get(f"/customers/{gone['id']}", bin="true").status_code == 404


def test_knows_no_bin_where_there_is_none(calls: Calls) -> None:
    refused = calls("admin").get("/units", bin="true")

    assert refused.status_code == 422
    assert refused.json()["errors"][0]["code"] == "unknown_argument"


def test_lists_to_whom_a_record_is_open(cast: Cast, calls: Calls) -> None:
    made = calls("seller").new_customer()
    director, person = calls("director"), cast.user("outsider")
    assert director.get(f"/customers/{made['id']}/shares").json() == {"items": []}

    director.post(f"/customers/{made['id']}/share", {"user": person.pk, "until": "2099-01-31"})

    assert director.get(f"/customers/{made['id']}/shares").json() == {
        "items": [
            {
                "user": {"id": person.pk, "label": person.full_name},
                "may_change": False,
                "until": "2099-01-31",
            }
        ]
    }
    assert calls("teller").get(f"/customers/{made['id']}/shares").status_code == 403
    assert calls("outsider").get("/customers/999999/shares").status_code == 404
    assert calls("admin").get(f"/customers/{made['id']}/shares").status_code == 404


def test_gives_headers_alone(calls: Calls) -> None:
    seller = calls("seller")
    made = seller.new_customer()

    answer = seller._call("head", f"/customers/{made['id']}")
    whole = seller.get(f"/customers/{made['id']}")

    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["ETag"] == whole.headers["ETag"] == '"1"'
    assert answer.headers["Content-Length"] == str(len(whole.content))
    assert seller._call("head", "/customers/999999").status_code == 404
