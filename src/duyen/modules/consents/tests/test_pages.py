"""The pages of consents: what may be done with a person, and the do-not-call list."""

from __future__ import annotations

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from duyen.modules.consents.models import ListCheck, ListedNumber
from duyen.modules.consents.tests.conftest import Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _as(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def test_the_tab_says_what_is_allowed_and_why(cast: Cast, customer: int, consent: Make, take: Take) -> None:
    made = consent(channels=["EMAIL"])

    page = _as(cast, "seller").get(f"/customers/{customer}?tab=consents").content.decode()

    assert "Được: người này đã đồng ý." in page
    assert "Người này chưa đồng ý việc này qua kênh này." in page
    assert f"/consents/{made}/withdraw" in page
    assert f"/consents/new?party={customer}" in page

    take("withdraw", made, refused_by="VOICE", refusal="Đừng gửi nữa")
    page = _as(cast, "seller").get(f"/customers/{customer}?tab=consents").content.decode()
    assert "Người này đã từ chối ngày" in page
    assert "Đừng gửi nữa" in page
    assert f"/consents/{made}/withdraw" not in page


def test_the_form_for_a_consent_begins_with_nothing_ticked(cast: Cast, customer: int, text: Make) -> None:
    text()
    page = _as(cast, "seller").get(f"/consents/new?party={customer}").content.decode()

    assert "Nguyễn Thị Lan" in page
    assert page.count('name="channels"') >= 5
    assert 'name="channels" checked' not in page
    assert not [line for line in page.split("<input") if 'name="channels"' in line and " checked" in line]


def test_a_consent_shows_the_words_it_was_given_under(cast: Cast, consent: Make) -> None:
    page = _as(cast, "seller").get(f"/consents/{consent()}?tab=words").content.decode()
    assert "Tôi đồng ý để công ty gửi tin khuyến mại." in page


def test_the_list_is_replaced_as_a_whole(cast: Cast) -> None:
    client = _as(cast, "director")
    for numbers in (b"0912345678\n0987654321\nkhong phai so\n", b"\xef\xbb\xbf0912345678\n"):
        answer = client.post("/contact-law", {"list": SimpleUploadedFile("ds.csv", numbers)})
        assert answer.status_code == 302

    assert [(each.numbers, each.unread) for each in ListCheck.objects.order_by("pk")] == [(2, 1), (1, 0)]
    assert ListedNumber.objects.count() == 1
    page = client.get("/contact-law").content.decode()
    assert "Đã kiểm" in page
    assert "7:00–22:00" in page


@pytest.mark.parametrize(
    ("who", "content", "status"),
    [("director", b"ten,dia chi\n", 422), ("director", None, 422), ("seller", b"0912345678", 403)],
)
def test_what_is_no_list_or_not_hers_leaves_the_old_one(
    cast: Cast, who: str, content: bytes | None, status: int
) -> None:
    first = {"list": SimpleUploadedFile("ds.csv", b"0987654321")}
    _as(cast, "director").post("/contact-law", first)

    given = {} if content is None else {"list": SimpleUploadedFile("ds.csv", content)}
    answer = _as(cast, who).post("/contact-law", given)

    assert answer.status_code == status
    assert (ListedNumber.objects.count(), ListCheck.objects.count()) == (1, 1)
