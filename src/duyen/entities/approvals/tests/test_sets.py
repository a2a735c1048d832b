"""Asking for many records at once: each gets a request of its own, by as many queries as one."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from duyen.entities.approvals.tests.conftest import Decide, Make
from duyen.entities.bulk.outcomes import SetDone
from duyen.entities.bulk.steps import BulkStep, take
from duyen.entities.entity import Entity
from duyen.entities.models import ApprovalRequest
from duyen.foundation.audit.models import History
from duyen.foundation.notices.models import Notice
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_DELETE = BulkStep("delete", {"reason": "Đã giải thể"})


def _ask(cast: Cast, customers: Entity, ids: Sequence[int]) -> SetDone:
    return take(customers, _DELETE, ids, actor=cast.actor("seller"), seen={})


def test_asks_the_database_as_often_for_many_as_for_few(
    cast: Cast, customers: Entity, make: Make, decide_limit: Decide
) -> None:
    decide_limit()
    ids = [make(f"Cửa hàng số {number}") for number in range(24)]
    _ask(cast, customers, ids[:1])

    with CaptureQueriesContext(connection) as few:
        _ask(cast, customers, ids[1:4])
    with CaptureQueriesContext(connection) as many:
        done = _ask(cast, customers, ids[4:])

    assert len(many) == len(few)
    assert {each.error.code for each in done.outcomes if each.error} == {"waits_for_approval"}
    assert ApprovalRequest.objects.filter(state="WAITING", words="Đã giải thể").count() == 24
    told = Notice.objects.get(kind="approval_asked")
    assert (told.user_id, told.count, told.record_id) == (cast.users["manager"].pk, 24, None)
    assert History.objects.filter(verb="approvals.ask", root_entity="parties").count() == 24


def test_what_is_asked_for_already_stops_no_other(
    cast: Cast, customers: Entity, make: Make, decide_limit: Decide
) -> None:
    decide_limit()
    first, second = make("Cửa hàng số 1"), make("Cửa hàng số 2")
    _ask(cast, customers, [first])

    done = _ask(cast, customers, [first, second])

    codes = {each.id: each.error.code for each in done.outcomes if each.error}
    assert codes == {first: "asked_already", second: "waits_for_approval"}
    assert ApprovalRequest.objects.count() == 2


def test_each_place_has_its_own_who_decide(
    cast: Cast, customers: Entity, make: Make, decide_limit: Decide
) -> None:
    decide_limit(roles={"AREA_HEAD": None})
    here = make("Cửa hàng số 1")
    elsewhere = make("Cửa hàng số 2", by="outsider")

    done = take(customers, _DELETE, [here, elsewhere], actor=cast.actor("director"), seen={})

    codes = {each.id: each.error.code for each in done.outcomes if each.error}
    assert codes == {here: "waits_for_approval", elsewhere: "nobody_decides"}
    told = Notice.objects.filter(kind="approval_asked", record_id=here).values_list("user_id", flat=True)
    assert list(told) == [cast.users["manager"].pk]
