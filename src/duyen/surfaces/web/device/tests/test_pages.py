"""What a device asks for: the manifest, the worker, the page without a network, whose session it is."""

from __future__ import annotations

import io
import json

import pytest
from django.test import Client
from PIL import Image

from duyen.surfaces.web.device.icons import ICONS, draw_icon
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def seller(cast: Cast) -> Client:
    client = Client()
    client.force_login(cast.user("seller"))
    return client


def test_says_how_it_stands_on_a_home_screen() -> None:
    response = Client().get("/manifest.webmanifest")

    told = json.loads(response.content)
    assert response["Content-Type"] == "application/manifest+json"
    assert (told["start_url"], told["scope"], told["display"], told["lang"]) == ("/", "/", "standalone", "vi")
    assert told["short_name"] == "Duyên"


def test_serves_the_worker_for_the_whole_site_and_never_from_a_cache() -> None:
    response = Client().get("/worker.js?lang=en")

    assert response["Content-Type"].startswith("text/javascript")
    assert response["Service-Worker-Allowed"] == "/"
    assert response["Cache-Control"] == "private, no-cache"
    assert "/offline?lang=en" in response.content.decode()


def test_gives_another_worker_for_another_language_and_knows_no_third() -> None:
    one, other, strange = (Client().get(f"/worker.js?lang={each}").content for each in ("vi", "en", "xx'"))

    assert one != other
    assert strange == one


@pytest.mark.parametrize(
    ("lang", "words"), [("vi", "Không kết nối được Duyên"), ("en", "Duyên cannot be reached")]
)
def test_puts_nobody_into_the_page_that_a_browser_keeps(
    seller: Client, cast: Cast, lang: str, words: str
) -> None:
    page = seller.get(f"/offline?lang={lang}").content.decode()

    assert words in page
    assert cast.user("seller").full_name not in page
    assert "csrf" not in page.lower()
    assert "data-device" not in page


def test_tells_the_device_whose_session_it_is_and_two_people_apart(seller: Client, cast: Cast) -> None:
    manager = Client()
    manager.force_login(cast.user("manager"))

    hers, again, other = (each.get("/_device").json() for each in (seller, seller, manager))

    assert hers["device"] == again["device"] != other["device"]
    assert len(hers["token"]) == 64


def test_names_the_way_to_a_script_instead_of_going_it(seller: Client) -> None:
    plain = Client().get("/customers")
    asked = Client().get("/customers", headers={"Duyen-Device": "1"})
    signed_in = seller.get("/customers", headers={"Duyen-Device": "1"})

    assert (plain.status_code, plain["Location"]) == (302, "/login?next=%2Fcustomers")
    assert (asked.status_code, asked["Duyen-To"], asked.content) == (204, "/login?next=%2Fcustomers", b"")
    assert signed_in.status_code == 200


def test_keeps_the_message_for_the_page_that_a_script_goes_to(seller: Client) -> None:
    sent = seller.post(
        "/customers/new",
        {"name": "Quán cà phê Hoa Sữa", "kind": "INDIVIDUAL", "key": "7b0f"},
        headers={"Duyen-Device": "1"},
    )

    assert sent.status_code == 204
    assert "Đã tạo" in seller.get(sent["Duyen-To"]).content.decode()


def test_marks_no_device_while_somebody_views_as_another(cast: Cast) -> None:
    admin = Client()
    admin.force_login(cast.user("admin"))
    assert "data-device" in admin.get("/").content.decode()

    admin.post(f"/users/{cast.user('seller').pk}/view-as", {"reason": "Xem thử"})
    page = admin.get("/").content.decode()

    assert ("data-device" in page) is ("/view-as/end" not in page)


@pytest.mark.parametrize("name", sorted(ICONS))
def test_draws_the_mark_in_its_size(name: str) -> None:
    side, is_full = ICONS[name]

    picture = Image.open(io.BytesIO(draw_icon(side, is_full=is_full)))

    assert picture.size == (side, side)
    corner, middle = picture.getpixel((0, 0)), picture.getpixel((side // 2, side // 4))
    assert corner[3] == (255 if is_full else 0)  # type: ignore[index]
    assert middle[3] == 255  # type: ignore[index]
