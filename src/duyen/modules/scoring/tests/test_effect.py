"""What a draft would change is told before it is put in force, and changes nothing."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job
from duyen.modules.leads.models import Lead
from duyen.modules.leads.words import Temperature
from duyen.modules.scoring import comparing
from duyen.modules.scoring.effect import effect_of
from duyen.modules.scoring.tests.conftest import CALLED, REFERRED, Criterion, Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
ON_THE_WEB: Criterion = {
    "name": "Từ website",
    "points": 70,
    "basis": "FIELD",
    "condition": ["source", "eq", "WEB"],
}


def _standing() -> list[object]:
    return [
        list(Lead.objects.order_by("pk").values_list("pk", "version", "score", "updated_at")),
        History.objects.count(),
        Job.objects.count(),
    ]


def test_it_counts_who_goes_up_and_down_and_crosses_a_threshold(
    in_force: Make, draft: Make, lead: Make, cast: Cast
) -> None:
    in_force(REFERRED)
    referred, web, event = lead(), lead(source="WEB"), lead(source="EVENT")
    other = draft(ON_THE_WEB)
    before = _standing()

    found = effect_of(other, actor=cast.actor("director"))

    assert (found.count, found.up, found.down, found.same, found.is_cut) == (3, 1, 1, 1, False)
    assert dict(found.crossings) == {(Temperature.COLD, Temperature.HOT): 1}
    assert found.bands == {Temperature.HOT: (0, 1), Temperature.WARM: (0, 0), Temperature.COLD: (3, 2)}
    assert [(each.id, each.before, each.after) for each in found.risers] == [(web, 0, 70)]
    assert [(each.id, each.before, each.after) for each in found.fallers] == [(referred, 20, 0)]
    assert [each.id for each in found.crossers] == [web]
    assert event not in {each.id for each in (*found.risers, *found.fallers)}
    assert _standing() == before


def test_it_looks_at_those_alone_whom_the_reader_may_see(
    in_force: Make, draft: Make, lead: Make, cast: Cast
) -> None:
    in_force(REFERRED)
    mine = lead(source="WEB")
    lead(source="WEB", by="outsider")
    found = effect_of(draft(ON_THE_WEB), actor=cast.actor("seller"))
    assert [each.id for each in found.risers] == [mine]


def test_the_page_leads_to_the_examples_and_writes_nothing(
    in_force: Make, draft: Make, lead: Make, cast: Cast
) -> None:
    in_force(REFERRED)
    web, other = lead(source="WEB", name="Lê Văn Web"), draft(ON_THE_WEB)
    client, before = Client(), _standing()
    client.force_login(cast.user("director"))
    page = client.get(f"/score_models/{other}/effect").content.decode()
    for told in (f'href="/leads/{web}"', "Lê Văn Web", "+70"):
        assert told in page
    assert _standing() == before


def test_the_page_is_closed_to_whoever_reads_no_points_models(draft: Make, cast: Cast) -> None:
    client = Client()
    client.force_login(cast.user("admin"))
    assert client.get(f"/score_models/{draft(ON_THE_WEB)}/effect").status_code in (403, 404)


def test_it_takes_the_same_statements_for_one_lead_and_for_many(
    in_force: Make, draft: Make, lead: Make, cast: Cast
) -> None:
    in_force(REFERRED)
    other, actor = draft(ON_THE_WEB), cast.actor("director")

    def statements() -> int:
        with CaptureQueriesContext(connection) as told:
            effect_of(other, actor=actor)
        return len(told)

    lead(source="WEB")
    statements()  # what a process reads once is read
    few = statements()
    for number in range(6):
        lead(source="WEB", name=f"Người {number}")
    assert statements() == few


def test_the_page_says_which_criteria_and_bounds_differ_from_those_in_force(
    in_force: Make, draft: Make, cast: Cast
) -> None:
    held = in_force(REFERRED, CALLED)
    other = draft(
        {**REFERRED, "points": 25, "condition": ["source", "in", ["REFERRAL"]]}, ON_THE_WEB, hot_from=70
    )
    client = Client()
    client.force_login(cast.user("director"))
    before = _standing()

    found = comparing.differences(other, cast.actor("director"))

    assert [(each["name"], each["before"], each["after"]) for each in found] == [
        ("Nóng từ", "60", "70"),
        ("Từ website", "—", "+70"),
        ("Được giới thiệu", "+20", "+25"),
        ("Gọi điện", "+10", "—"),
    ]
    assert "Khác với thang đang áp dụng" in client.get(f"/score_models/{other}/effect").content.decode()
    assert "Khác với thang đang áp dụng" not in client.get(f"/score_models/{held}/effect").content.decode()
    assert _standing() == before


def test_a_model_that_was_replaced_is_compared_as_a_draft_is(in_force: Make, cast: Cast) -> None:
    first = in_force(REFERRED)
    in_force(REFERRED, CALLED)
    client = Client()
    client.force_login(cast.user("director"))

    tab = client.get(f"/score_models/{first}?tab=criteria").content.decode()

    assert f"/score_models/{first}/effect" in tab
    assert "Gọi điện" in client.get(f"/score_models/{first}/effect").content.decode()
