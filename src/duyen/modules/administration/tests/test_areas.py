"""The settings as one place: found by words, kept by derived forms, with a history that leads back."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import unescape

import pytest
from django.db import transaction
from django.test import Client

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.foundation.settings import declaring
from duyen.foundation.settings.company import keep_setting, setting
from duyen.foundation.settings.declaring import Kind, declare_area, declare_setting
from duyen.surfaces.web.commands import commands_of, fitting
from duyen.testing.cast import Cast
from duyen.testing.own_fields import MakeField

pytestmark = pytest.mark.django_db
AREA = "/settings/area/tests"


@pytest.fixture
def area() -> Iterator[None]:
    """One area with a setting of each kind that a person gives."""
    declare_area("tests", label="Thử nghiệm", help="Chỗ để thử", icon="paperclip")
    declare_setting("tests.rows", 25, kind=Kind.WHOLE, label="Số dòng", least=1, most=500, area="tests")
    declare_setting(
        "tests.is_on", False, kind=Kind.FLAG, label="Bật thử", help="Bật lên để thử", area="tests"
    )
    options = (("a", "Loại một"), ("b", "Loại hai"))
    declare_setting("tests.way", "a", kind=Kind.CHOICE, label="Cách", options=options, area="tests")
    declare_setting("tests.words", [], kind=Kind.WORDS, label="Đuôi riêng", area="tests")
    declare_setting("tests.mail", "", kind=Kind.EMAIL, label="Thư về", area="tests")
    yield
    for key in [key for key in declaring._book.settings if key.startswith("tests.")]:
        del declaring._book.settings[key]
    del declaring._book.areas["tests"]


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("admin"))
    return client


GIVEN = {
    "tests.rows": "40",
    "tests.is_on": "1",
    "tests.way": "b",
    "tests.words": "zip\nexe",
    "tests.mail": "",
}


def _page(client: Client, address: str) -> str:
    return unescape(client.get(address).content.decode())


def test_the_index_lists_what_the_reader_may_open(client: Client, cast: Cast, area: None) -> None:
    client.force_login(cast.user("admin"))
    seen = _page(client, "/settings")
    assert "Thử nghiệm" in seen
    assert "/settings/health" in seen
    assert "/settings/export" not in seen

    client.force_login(cast.user("director"))
    seen = _page(client, "/settings")
    assert "Thử nghiệm" not in seen
    assert "/settings/export" in seen


@pytest.mark.parametrize("words", ["so dong", "SỐ", "thu nghiem", "bat len"])
def test_finds_a_setting_without_tone_marks(admin: Client, area: None, words: str) -> None:
    seen = _page(admin, f"/settings?q={words}")

    assert AREA in seen
    assert "/settings/indexes" not in seen


def test_says_what_to_do_where_no_setting_fits(admin: Client, area: None) -> None:
    seen = _page(admin, "/settings?q=xyzxyz")

    assert AREA not in seen
    assert "Thử ít chữ hơn" in seen


def test_the_palette_leads_to_a_setting(cast: Cast, area: None) -> None:
    found = fitting(commands_of(cast.actor("admin")), "duoi rieng")
    assert [each.url for each in found] == [AREA]
    assert not fitting(commands_of(cast.actor("seller")), "duoi rieng")


def test_keeps_what_was_changed_and_nothing_else(admin: Client, area: None) -> None:
    answer = admin.post(AREA, GIVEN | {"tests.way": "a"})

    assert answer.status_code == 302
    assert setting("tests.rows") == 40
    assert setting("tests.is_on") is True
    assert setting("tests.words") == ["zip", "exe"]
    assert History.objects.filter(entity="settings").count() == 3


@pytest.mark.parametrize(
    "wrong",
    [
        {"tests.rows": "0"},
        {"tests.rows": "nhiều"},
        {"tests.way": "c"},
        {"tests.mail": "lan"},
        {"tests.words": "x" * 300},
    ],
)
def test_one_wrong_value_keeps_nothing_and_loses_nothing(
    admin: Client, area: None, wrong: dict[str, str]
) -> None:
    answer = admin.post(AREA, GIVEN | wrong)

    assert answer.status_code == 422
    seen = unescape(answer.content.decode())
    (name,) = wrong
    assert f'id="f-{name}-err"' in seen
    assert wrong[name] in seen or name == "tests.way"
    assert setting("tests.rows") == 25
    assert not History.objects.filter(entity="settings").exists()


def test_somebody_elses_change_is_shown_and_not_overwritten(admin: Client, area: None) -> None:
    seen = {f"version:{name}": "0" for name in GIVEN}
    admin.post(AREA, GIVEN | seen | {"tests.rows": "77"})

    answer = admin.post(AREA, GIVEN | seen | {"tests.rows": "88"})

    assert answer.status_code == 409
    text = unescape(answer.content.decode())
    assert 'value="88"' in text
    assert "77" in text
    assert setting("tests.rows") == 77


def test_the_history_names_who_and_leads_back(admin: Client, area: None) -> None:
    admin.post(AREA, GIVEN)
    admin.post(AREA, GIVEN | {"tests.rows": "50"})
    seen = _page(admin, "/settings/history/tests.rows")
    assert seen.index("<b>50</b>") < seen.index("<b>40</b>") < seen.index("<b>25</b>")
    assert "Bùi Anh Tú" in seen

    answer = admin.post("/settings/history/tests.rows", {"entry": "0", "version": "2"})

    assert answer.status_code == 302
    assert setting("tests.rows") == 25


def test_the_page_of_a_history_sends_what_gives_a_value_again(admin: Client, area: None) -> None:
    admin.post(AREA, GIVEN)
    admin.post(AREA, GIVEN | {"tests.rows": "50"})
    form = _page(admin, "/settings/history/tests.rows").partition('method="post" action=""')[2]
    sent = dict(re.findall(r'name="(entry|version)" value="(\d+)"', form.partition("</form>")[0]))

    answer = admin.post("/settings/history/tests.rows", sent)

    assert answer.status_code == 302
    assert setting("tests.rows") == 40


def test_a_setting_that_is_needed_is_never_made_empty_again(admin: Client, area: None) -> None:
    declare_setting("tests.title", "", kind=Kind.TEXT, label="Tên hiệu", least=1, area="tests", required=True)
    admin.post(AREA, GIVEN | {"tests.title": "Sao Biển"})

    assert "Dùng lại giá trị này" not in _page(admin, "/settings/history/tests.title")
    answer = admin.post("/settings/history/tests.title", {"entry": "0", "version": "1"})

    assert answer.status_code == 409
    assert setting("tests.title") == "Sao Biển"


@pytest.mark.parametrize(
    ("words", "place"),
    [("ẩn trường", "/roles"), ("trường riêng", "/settings/fields"), ("đổi tên", "/settings/layouts")],
)
def test_the_settings_lead_to_people_fields_and_forms(admin: Client, words: str, place: str) -> None:
    assert f'href="{place}"' in _page(admin, f"/settings?q={words}").partition("<main")[2]


def test_names_the_first_set_up_in_the_readers_words(admin: Client, area: None) -> None:
    with transaction.atomic():
        keep_setting("tests.rows", 30, actor=system_actor("setup"))

    assert "Thiết lập lần đầu · " in _page(admin, "/settings/history/tests.rows")


def test_a_history_that_moved_on_changes_nothing(admin: Client, area: None) -> None:
    admin.post(AREA, GIVEN)

    answer = admin.post("/settings/history/tests.rows", {"entry": "0", "version": "9"})

    assert answer.status_code == 409
    assert setting("tests.rows") == 40


def test_undo_takes_back_what_was_saved_together(admin: Client, area: None) -> None:
    admin.post(AREA, GIVEN)
    operation = History.objects.filter(entity="settings").values_list("operation", flat=True)[0]

    assert admin.post(f"/settings/undo/{operation}").status_code == 302

    assert (setting("tests.rows"), setting("tests.way"), setting("tests.words")) == (25, "a", [])


def test_an_internal_setting_stands_on_no_page(admin: Client) -> None:
    assert admin.get("/settings/history/completeness.weights").status_code == 404
    assert admin.get("/settings/history/khong.co").status_code == 404
    assert admin.get("/settings/area/khong-co").status_code == 404


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_others_change_nothing(client: Client, cast: Cast, area: None, who: str) -> None:
    client.force_login(cast.user(who))

    assert client.post(AREA, GIVEN).status_code == 403
    assert client.post("/settings/history/tests.rows", {"entry": "0", "version": "0"}).status_code == 403
    assert setting("tests.rows") == 25


def test_the_health_of_the_system_tells_what_to_do(admin: Client) -> None:
    seen = _page(admin, "/settings/health")

    assert "PostgreSQL" in seen
    assert "Cần làm:" in seen
    assert "light" in seen


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_the_health_of_the_system_is_for_administrators(client: Client, cast: Cast, who: str) -> None:
    client.force_login(cast.user(who))
    assert client.get("/settings/health").status_code == 403


def test_the_trail_names_the_setting_the_field_and_the_form(
    admin: Client, cast: Cast, area: None, make_field: MakeField
) -> None:
    admin.post(AREA, GIVEN)
    make_field("di_ung", label="Dị ứng")
    form = _page(admin, "/settings/layouts/customers/field?field=born_on")
    admin.post(
        "/settings/layouts/customers/field?field=born_on",
        {**dict(re.findall(r'name="(version|field)" value="([^"]*)"', form)), "label_vi": "Sinh ngày"},
    )

    seen = _page(admin, "/trail").partition("<main")[2]

    assert "Cài đặt · Số dòng" in seen
    assert "Trường riêng · Dị ứng" in seen
    assert "Khách hàng › Sinh ngày" in seen
