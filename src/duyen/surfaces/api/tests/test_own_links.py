"""Links in a company's own fields: they follow a merge and its undoing, and show what other links do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection, transaction
from django.test.utils import CaptureQueriesContext

from duyen.entities.custom.columns import column_of
from duyen.entities.models import CompanyIndex, MergedRow
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.fields import versions
from duyen.foundation.fields.models import CustomField
from duyen.modules.parties.models import Party
from duyen.surfaces.api.tests.conftest import Caller
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db


@pytest.fixture
def referrer(make_field: MakeField) -> CustomField:
    return make_field("referrer", "link", label="Người giới thiệu", limits={"to": "customers"})


def _merge(caller: Caller, survivor: dict[str, Any], *others: dict[str, Any]) -> str:
    versions_now = {each.pk: each.version for each in Party.objects.all()}
    body = {
        "version": versions_now[survivor["id"]],
        "others": [{"id": each["id"], "version": versions_now[each["id"]]} for each in others],
    }
    answer = caller.post(f"/customers/{survivor['id']}/merge", body)
    assert answer.status_code == 200, answer.content
    return str(answer.headers["Operation-Id"])


def _set_state(field: CustomField, state: str) -> None:
    with transaction.atomic():
        trail.begin(system_actor("tests"), f"custom_fields.{state}")
        CustomField.objects.filter(pk=field.pk).update(state=state)
        versions.bump_version()


def _held(record: dict[str, Any]) -> dict[str, Any]:
    return dict(Party.objects.get(pk=record["id"]).custom)


def test_links_follow_a_merge_and_come_back(seller: Caller, referrer: CustomField) -> None:
    kept, gone = seller.new_customer("Trần Ánh"), seller.new_customer("Trần Thị Ánh")
    brought = seller.new_customer("Lê Bình", custom={"referrer": gone["id"]})
    other = seller.new_customer("Lê Cúc", custom={"referrer": kept["id"]})

    merge = _merge(seller, kept, gone)

    shown = seller.get(f"/customers/{brought['id']}").json()
    assert shown["custom"]["referrer"]["id"] == kept["id"]
    assert shown["version"] == brought["version"] + 1
    assert _held(other) == {str(referrer.pk): kept["id"]}
    own = History.objects.filter(operation=int(merge), entity="parties", record_id=brought["id"])
    entry = own.get()
    assert (entry.changes or {})[column_of(referrer.pk)] == [gone["id"], kept["id"]]

    undone = seller.post(f"/operations/{merge}/undo")

    assert undone.status_code == 200, undone.content
    assert _held(brought) == {str(referrer.pk): gone["id"]}
    assert _held(other) == {str(referrer.pk): kept["id"]}
    assert seller.get(f"/customers/{brought['id']}").json()["custom"]["referrer"]["id"] == gone["id"]


def test_what_was_linked_elsewhere_since_stays_and_is_told(seller: Caller, referrer: CustomField) -> None:
    kept, gone, third = (seller.new_customer(name) for name in ("An", "Bình", "Cúc"))
    brought = seller.new_customer("Dung", custom={"referrer": gone["id"]})
    emptied = seller.new_customer("Giang", custom={"referrer": gone["id"]})
    merge = _merge(seller, kept, gone)
    for record, value in ((brought, third["id"]), (emptied, None)):
        changed = seller.patch(f"/customers/{record['id']}", {"custom": {"referrer": value}, "version": 2})
        assert changed.status_code == 200

    seller.post(f"/operations/{merge}/undo")

    assert _held(brought) == {str(referrer.pk): third["id"]}
    assert _held(emptied) == {}
    told = seller.get(f"/merges/{merge}").json()
    assert told["is_whole"] is False
    assert [each["left"] for each in told["rows"]] == [{"elsewhere": 2}]


def test_whoever_stays_is_not_linked_to_herself(seller: Caller, referrer: CustomField) -> None:
    gone = seller.new_customer("Bình")
    kept = seller.new_customer("An", custom={"referrer": gone["id"]})

    merge = _merge(seller, kept, gone)
    assert _held(kept) == {}

    seller.post(f"/operations/{merge}/undo")
    assert _held(kept) == {str(referrer.pk): gone["id"]}


def test_links_of_a_retired_field_follow_as_well(seller: Caller, referrer: CustomField) -> None:
    kept, gone = seller.new_customer("An"), seller.new_customer("Bình")
    brought = seller.new_customer("Dung", custom={"referrer": gone["id"]})
    _set_state(referrer, "retired")

    merge = _merge(seller, kept, gone)
    assert _held(brought) == {str(referrer.pk): kept["id"]}
    seller.post(f"/operations/{merge}/undo")
    assert _held(brought) == {str(referrer.pk): gone["id"]}


def test_nothing_goes_back_into_a_deleted_field(seller: Caller, referrer: CustomField) -> None:
    gone = seller.new_customer("Bình")
    kept = seller.new_customer("An", custom={"referrer": gone["id"]})
    merge = _merge(seller, kept, gone)
    _set_state(referrer, "deleted")

    assert seller.post(f"/operations/{merge}/undo").status_code == 200
    assert _held(kept) == {}


def test_many_links_cost_as_many_statements_as_few(seller: Caller, referrer: CustomField) -> None:
    def asked(count: int) -> int:
        kept, gone = seller.new_customer("An"), seller.new_customer("Bình")
        for number in range(count):
            seller.new_customer(f"Khách {number}", custom={"referrer": gone["id"]})
        with CaptureQueriesContext(connection) as queries:
            merge = _merge(seller, kept, gone)
        assert MergedRow.objects.filter(merge_id=int(merge), kind="M").count() == count
        return len(queries)

    assert asked(1) == asked(12)


def test_a_target_out_of_sight_shows_as_other_links_do(
    seller: Caller, outsider: Caller, manager: Caller, referrer: CustomField
) -> None:
    target = outsider.new_customer("Khách kín", note="bí mật")
    mine = seller.new_customer("Lê Bình")
    refused = seller.patch(f"/customers/{mine['id']}", {"custom": {"referrer": target["id"]}, "version": 1})
    assert refused.status_code == 422
    assert _held(mine) == {}
    with transaction.atomic():
        trail.begin(system_actor("tests"), "customers.change")
        Party.objects.filter(pk=mine["id"]).update(custom={str(referrer.pk): target["id"]})

    answer = seller.get(f"/customers/{mine['id']}")

    link = answer.json()["custom"]["referrer"]
    assert link["id"] == target["id"]
    assert (link.get("code") or "", link.get("label") or "") == ("", "")
    assert "Khách kín" not in answer.content.decode()
    for address in (f"/customers/{mine['id']}/history", "/customers"):
        told = seller.get(address).content.decode()
        assert "Khách kín" not in told
        assert target["code"] not in told


def test_a_target_in_the_bin_is_still_named(seller: Caller, referrer: CustomField) -> None:
    target = seller.new_customer("Trần Ánh")
    mine = seller.new_customer("Lê Bình", custom={"referrer": target["id"]})
    assert seller.delete(f"/customers/{target['id']}", {"version": 1}).status_code in (200, 204)

    link = seller.get(f"/customers/{mine['id']}").json()["custom"]["referrer"]

    owner = seller.get(f"/customers/{mine['id']}").json()["owner"]
    assert link["id"] == target["id"]
    assert set(link) == set(owner)
    kept = seller.patch(f"/customers/{mine['id']}", {"note": "gọi lại", "version": 1})
    assert kept.status_code == 200


def test_a_link_is_defined_with_the_index_that_merges_find_it_by(calls: Callable[[str], Caller]) -> None:
    admin = calls("admin")

    def define(label: str) -> int:
        body = {"entity": "customers", "kind": "link", "label": label, "to": "customers"}
        return admin.post("/custom_fields", body).status_code

    assert [define(f"Liên quan {number}") for number in range(9)] == [201] * 9

    asked = CompanyIndex._default_manager.filter(field__startswith="custom_lien_quan")
    assert asked.count() == 8  # a ninth one does not fit, and the field is there all the same
