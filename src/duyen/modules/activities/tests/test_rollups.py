"""What a roll-up adds up of activities: all about a customer, whoever reads it, but for private ones."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.custom import defining
from duyen.entities.derived.checks import drift_of
from duyen.entities.derived.plans import all_plans
from duyen.entities.derived.recounting import recount_now
from duyen.entities.registry import entity_named
from duyen.foundation.fields import versions
from duyen.foundation.fields.models import Computed, CustomField, DueValue
from duyen.modules.activities.models import Activity
from duyen.modules.activities.tests.conftest import Make
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _define(cast: Cast, label: str, **given: str) -> CustomField:
    told = {"label": label, "kind": "rollup", "source": "activities.party", **given}
    made = defining.define(entity_named("customers"), told, actor=cast.actor("admin"))
    recount_now()
    return made


def _value(customer: int, field: CustomField) -> object:
    return Party.objects.values_list("derived", flat=True).get(pk=customer).get(str(field.pk))


def test_leaves_private_ones_out_for_everybody(cast: Cast, customer: Make, make: Make) -> None:
    with versions.kept():
        versions.pin()
        count = _define(cast, "Số hoạt động", what="count")
        latest = _define(cast, "Hoạt động mới nhất", what="latest", of="subject")
        one = customer()
        about = [{"entity": "customers", "id": one}]
        make("Gọi báo giá", about=about)
        make("Chuyện riêng", about=about, is_private=True)

        assert (_value(one, count), _value(one, latest)) == (1, "Gọi báo giá")
        assert [each for plan in all_plans().ordered for each in drift_of(plan)] == []


def test_follows_when_one_becomes_private_and_when_it_opens_again(
    cast: Cast, customer: Make, make: Make
) -> None:
    with versions.kept():
        versions.pin()
        count = _define(cast, "Số hoạt động", what="count")
        one = customer()
        activity = make("Gọi báo giá", about=[{"entity": "customers", "id": one}])
        seen = [_value(one, count)]
        for is_private in (True, False):
            version = Activity.objects.values_list("version", flat=True).get(pk=activity)
            values = {"is_private": is_private}
            standard.change(
                entity_named("activities"),
                activity,
                actor=cast.actor("seller"),
                values=values,
                version=version,
            )
            seen.append(_value(one, count))

    assert seen == [1, 0, 1]


def test_rest_says_which_values_are_being_worked_out(
    cast: Cast, client: Client, customer: Make, make: Make
) -> None:
    with versions.kept():
        versions.pin()
        count = _define(cast, "Số hoạt động", what="count")
        one, other = customer(), customer("Công ty khác")
        client.force_login(cast.user("seller"))
        settled = client.get(f"/api/v1/customers/{one}").json()
        DueValue.objects.create(field_id=count.pk, record_id=one)
        due = [client.get(f"/api/v1/customers/{each}").json()["recomputing"] for each in (one, other)]
        Computed.objects.filter(field_id=count.pk).delete()
        again = client.get(f"/api/v1/customers/{other}").json()

    assert settled["recomputing"] == []
    assert due == [[count.key], []]
    assert (again["recomputing"], again["custom"][count.key]) == ([count.key], 0)


def test_says_on_its_page_that_private_ones_are_left_out(cast: Cast, client: Client) -> None:
    with versions.kept():
        versions.pin()
        count = _define(cast, "Số hoạt động", what="count")
    client.force_login(cast.user("admin"))

    assert "Không tính hoạt động riêng tư." in client.get(f"/settings/fields/{count.pk}").content.decode()
