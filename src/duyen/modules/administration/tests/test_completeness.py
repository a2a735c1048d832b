"""What makes records complete, decided in the browser, with its effect told before."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.completeness.recomputing import scored_named
from duyen.entities.completeness.weights import weights_of
from duyen.entities.errors import NotAllowed
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.foundation.settings.models import Setting
from duyen.modules.administration.actions import weigh
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db

PAGE = "/settings/completeness"
CUSTOMERS = entity_named("customers")


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


def _sent(html: str) -> dict[str, str]:
    """Read what a browser would send of the form unchanged."""
    cells = re.findall(r'<input class="input" id="[^"]+" name="([^"]+:[^"]+)" value="([^"]*)"', html)
    return {**dict(cells), "of": "parties"}


def _individual(cast: Cast, **values: object) -> int:
    given = {"name": "Trần Thị Sáu", "kind": "INDIVIDUAL", **values}
    return standard.create(CUSTOMERS, actor=cast.actor("seller"), values=given).id


def _score(record_id: int) -> int | None:
    rows = CUSTOMERS.model._default_manager.values_list("completeness", flat=True)
    found: int | None = rows.get(pk=record_id)
    return found


def test_tells_the_effect_and_keeps_nothing_yet(admin: Client, cast: Cast) -> None:
    made = _individual(cast, phones=["0912345678"], emails=["a@example.com"], addresses=[{"line": "Số 8"}])
    before = (_score(made), weights_of(scored_named("parties")))
    sent = {**_sent(admin.get(PAGE).content.decode()), "INDIVIDUAL:born_on": "100", "preview": "1"}

    html = admin.post(PAGE, sent).content.decode()

    assert before[0] == 65
    assert "Chưa lưu gì" in html
    assert "1 bản ghi chuyển từ 50–79% sang 0–49%" in html
    assert 'name="INDIVIDUAL:born_on" value="100"' in html
    assert (_score(made), weights_of(scored_named("parties"))) == before
    assert not Job.objects.exists()
    assert not Setting.objects.filter(key="completeness.weights").exists()


def test_saving_leaves_a_job_and_pages_say_so_until_it_is_done(admin: Client, cast: Cast) -> None:
    made = _individual(cast, phones=["0912345678"])
    sent = {**_sent(admin.get(PAGE).content.decode()), "INDIVIDUAL:phones+emails": "0"}

    answer = admin.post(PAGE, sent, follow=True)

    assert "Điểm đang được tính lại" in answer.content.decode()
    assert History.objects.filter(entity="settings", verb="settings.keep").exists()
    seller = Client()
    seller.force_login(cast.user("seller"))
    assert "đây có thể là điểm cũ" in seller.get(f"/customers/{made}").content.decode()
    with_scores = "/customers?cols=name,completeness"
    assert "Độ đầy đủ đang được tính lại" in seller.get(with_scores).content.decode()

    work(Job.objects.get(kind="completeness").pk)

    assert _score(made) == 0
    assert "đây có thể là điểm cũ" not in seller.get(f"/customers/{made}").content.decode()
    assert "đang được tính lại" not in seller.get(with_scores).content.decode()
    assert "Điểm đang được tính lại." not in admin.get(PAGE).content.decode()


def test_the_same_weights_start_nothing(admin: Client) -> None:
    sent = _sent(admin.get(PAGE).content.decode())

    admin.post(PAGE, sent)

    assert len(sent) > 50
    assert not Job.objects.exists()


@pytest.mark.parametrize("wrong", ["101", "-1", "x", "1.5", "999999", "٣x"])
def test_a_wrong_weight_loses_nothing_that_was_typed(admin: Client, wrong: str) -> None:
    sent = {
        **_sent(admin.get(PAGE).content.decode()),
        "INDIVIDUAL:born_on": wrong,
        "ORGANISATION:source": "7",
    }

    answer = admin.post(PAGE, sent)

    html = answer.content.decode()
    assert answer.status_code == 422
    assert f'name="INDIVIDUAL:born_on" value="{wrong}"' in html
    assert '<a class="link" href="#f-INDIVIDUAL:born_on">Ngày sinh, Cá nhân: nhập' in html
    assert 'name="ORGANISATION:source" value="7"' in html
    assert not Setting.objects.filter(key="completeness.weights").exists()


def test_puts_the_first_weights_back_into_the_form(admin: Client) -> None:
    sent = _sent(admin.get(PAGE).content.decode())
    admin.post(PAGE, {**sent, "INDIVIDUAL:born_on": "99"})

    html = admin.post(PAGE, {**sent, "reset": "1"}).content.decode()

    assert 'name="INDIVIDUAL:born_on" value="25"' in html
    assert weights_of(scored_named("parties"))["INDIVIDUAL"][4] == 99


def test_only_administrators_decide(cast: Cast) -> None:
    with pytest.raises(NotAllowed):
        weigh(scored_named("parties"), {}, actor=cast.actor("director"))

    assert not Setting.objects.filter(key="completeness.weights").exists()


def test_the_panel_leads_to_what_is_missing(cast: Cast) -> None:
    made = _individual(cast, phones=["0912345678"])
    seller, care = Client(), Client()
    seller.force_login(cast.user("seller"))
    care.force_login(cast.user("director"))

    html = seller.get(f"/customers/{made}").content.decode()

    assert "<b>30%</b>" in html
    assert f'href="/customers/{made}/edit#f-born_on"' in html
    assert "+25" in html
    form = seller.get(f"/customers/{made}/edit").content.decode()
    targets = re.findall(rf'href="/customers/{made}/edit#([\w-]+)"', html)
    assert targets
    assert all(f'id="{target}"' in form for target in targets)


def test_is_filtered_and_read_over_rest(cast: Cast) -> None:
    poor, rich = _individual(cast), _individual(cast, phones=["0912345678"], born_on="1950-02-17")
    browser = Client()
    browser.force_login(cast.user("seller"))

    found = browser.get("/api/v1/customers", {"filter": '["completeness", "between", [50, 100]]'}).json()
    low = browser.get("/api/v1/customers", {"filter": '["completeness", "lt", 50]'}).json()

    assert [(each["id"], each["completeness"]) for each in found["items"]] == [(rich, 55)]
    assert [each["id"] for each in low["items"]] == [poor]


def test_a_field_of_the_companys_own_is_weighed_like_any_other(
    admin: Client, cast: Cast, make_field: MakeField
) -> None:
    make_field("machines", "whole", label="Số máy may")
    page = admin.get(PAGE).content.decode()
    assert "Số máy may" in page

    admin.post(PAGE, {**_sent(page), "INDIVIDUAL:custom_machines": "25"})

    record = _individual(cast, custom_machines=3)
    job = Job.objects.order_by("-pk").first()
    assert job is not None
    assert work(job.pk)
    assert _score(record) == 20
