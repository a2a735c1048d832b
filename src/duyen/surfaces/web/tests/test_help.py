"""Help: every page leads to its guide, guides speak both languages, and an upgrade is told once."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from babel.messages.pofile import read_po
from django.conf import settings
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver

import duyen
from duyen.config.locales import locale_paths
from duyen.entities.registry import all_entities
from duyen.foundation.audit.models import History
from duyen.foundation.org.models import User
from duyen.surfaces.web.context import navigation
from duyen.surfaces.web.guides import reading
from duyen.surfaces.web.guides.reading import Release, guides, number_of, releases, words_of_kinds
from duyen.surfaces.web.shell import NavItem
from duyen.testing.cast import Cast

CHECKOUT = Path(__file__).resolve().parents[5]
_ON_THE_SCREEN = re.compile(r"\*\*(.+?)\*\*")
#: One screen: so many sentences, of so many letters.
MOST_POINTS, LONGEST = 5, 150


def _routes(found: object = None) -> Iterator[str]:
    for each in (found or get_resolver()).url_patterns:  # type: ignore[attr-defined]
        if isinstance(each, URLResolver):
            yield from _routes(each)
        elif isinstance(each, URLPattern) and each.name:
            yield each.name


def _texts() -> Iterator[tuple[str, str, str]]:
    """Give the language, the place and each sentence of help."""
    for name, guide in guides().items():
        for language, words in guide.words.items():
            for text in (words.title, words.lead, *words.points):
                yield language, name, text
    for name, told in words_of_kinds().items():
        for language, words in told.items():
            for text in (words.lead, *words.points):
                yield language, name, text
    for release in releases():
        for language, notes in release.notes.items():
            for text in notes:
                yield language, release.version, text


@pytest.fixture(scope="module")
def screen() -> Mapping[str, set[str]]:
    """All words on the screen, by language."""
    found: dict[str, set[str]] = {"vi": set(), "en": set()}
    for place in locale_paths():
        with (place / "vi/LC_MESSAGES/django.po").open("rb") as file:
            for message in read_po(file):
                if isinstance(message.id, str):
                    found["en"].add(message.id)
                    found["vi"].add(str(message.string))
    return found


def test_both_languages_say_the_same_things() -> None:
    for name, guide in guides().items():
        assert set(guide.words) == {"vi", "en"}, name
        assert len({len(each.points) for each in guide.words.values()}) == 1, name
    for name, told in words_of_kinds().items():
        assert set(told) == {"vi", "en"}, name
        assert len({len(each.points) for each in told.values()}) == 1, name
    for release in releases():
        assert len({len(each) for each in release.notes.values()}) == 1, release.version


def test_a_guide_fits_one_screen() -> None:
    for language, name, text in _texts():
        assert len(text) <= LONGEST, f"{language} {name}: {text}"
        assert text == text.strip()
    for name, guide in guides().items():
        assert 2 <= len(guide.said.points) <= MOST_POINTS, name


def test_what_stands_in_bold_stands_on_the_screen(screen: Mapping[str, set[str]]) -> None:
    known = {"Ctrl+K", "⋯", ">"}
    missing = [
        f"{language} {name}: {word}"
        for language, name, text in _texts()
        for word in _ON_THE_SCREEN.findall(text)
        if word not in known | screen[language]
    ]
    assert missing == []


def test_no_guide_stands_on_a_route_that_is_not_there() -> None:
    known = set(_routes())
    strange = {route for guide in guides().values() for route in guide.routes} - known
    assert strange == set()


def test_no_two_guides_stand_on_one_route() -> None:
    routes = [route for guide in guides().values() for route in guide.routes]
    assert len(routes) == len(set(routes))


def test_every_kind_of_record_is_explained() -> None:
    assert {each.name for each in all_entities()} <= set(words_of_kinds())


def _every_item(cast: Cast, who: str) -> list[NavItem]:
    tops = [item for group in navigation(cast.actor(who), "") for item in group.items]
    return [each for top in tops for each in (top, *top.items)]


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["seller", "director"])
def test_a_letter_leads_to_one_page_of_the_navigation(cast: Cast, who: str) -> None:
    letters = [item.key for item in _every_item(cast, who) if item.key]

    assert sorted(letters) == sorted(set(letters))


@pytest.mark.django_db
@pytest.mark.parametrize("who", ["admin", "director", "seller"])
def test_every_page_in_the_navigation_has_a_guide(cast: Cast, client: Client, who: str) -> None:
    client.force_login(cast.user(who))
    places = [item.url for item in _every_item(cast, who)]

    for place in places:
        page = client.get(place).content.decode()
        (address,) = set(re.findall(r'href="(/help/[a-z_]+(?:/[a-z_]+)?)"[^>]*aria-label=', page))
        assert place == "/" or address != "/help/start", f"no guide explains {place}"
        answer = client.get(address)
        assert answer.status_code == 200
        assert "<h1>" in answer.content.decode()


@pytest.mark.django_db
def test_a_guide_is_a_page_and_a_dialog(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("seller"))

    page = client.get("/help/list/customers").content.decode()
    dialog = client.get("/help/list/customers", headers={"HX-Request": "true"}).content.decode()

    for text in ("Khách hàng là người", "Trong danh sách", "<kbd"):
        assert text in page
        assert text in dialog
    assert "<html" in page
    assert "<html" not in dialog


@pytest.mark.django_db
def test_speaks_the_readers_language_and_leaves_out_keys_that_are_off(cast: Cast, client: Client) -> None:
    user = cast.user("seller")
    client.force_login(user)
    client.post("/profile/language", {"language": "en", "back": "/"})
    client.post("/help/keys", {"all": "1", "on": ["j", "k", "x", "e", "/", "c", "g", "?"]})

    page = client.get("/help/list").content.decode()

    assert "A list shows the records that you may see" in page
    assert "Select the row" in page
    assert "Add a filter" not in page


@pytest.mark.django_db
@pytest.mark.parametrize("address", ["/help/nowhere", "/help/list/nothing"])
def test_has_no_guide_to_what_is_not_there(cast: Cast, client: Client, address: str) -> None:
    client.force_login(cast.user("seller"))

    assert client.get(address).status_code == 404


@pytest.mark.django_db
def test_lists_all_guides_that_the_reader_may_use(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("seller"))

    page = client.get("/help").content.decode()

    assert page.count("/help/list/customers") == 1
    assert "/help/list/roles" not in page
    assert all(f"/help/{name}" in page for name in guides())


# --- what is new ---------------------------------------------------------------------------------------


def test_tells_of_the_version_that_runs_first() -> None:
    assert releases()[0].version == duyen.__version__
    top = re.search(r"^## ([0-9.]+)", (CHECKOUT / "CHANGELOG.md").read_text("utf-8"), re.MULTILINE)
    assert top is not None
    assert top[1] == duyen.__version__


@pytest.fixture
def upgraded(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newer version runs than the one with which the cast came."""
    newer = Release("9.0.0", {"vi": ["Có điều mới."], "en": ["Something new."]})
    told = [newer, *releases()]
    monkeypatch.setattr(reading, "releases", lambda: told)
    for place in ("around", "pages"):
        monkeypatch.setattr(f"duyen.surfaces.web.guides.{place}.releases", lambda: told)
    monkeypatch.setattr("duyen.foundation.org.news.__version__", "9.0.0")


@pytest.mark.django_db
def test_is_told_once_after_an_upgrade_and_stays_in_help(cast: Cast, client: Client, upgraded: None) -> None:
    client.force_login(cast.user("seller"))
    assert 'id="news"' in client.get("/customers").content.decode()
    dialog = client.get("/help/new", headers={"HX-Request": "true"}).content.decode()
    assert "Có điều mới." in dialog
    assert "0.1.0" not in dialog

    answer = client.post("/help/new", {"back": "/customers"})

    assert (answer.status_code, answer.headers["Location"]) == (302, "/customers")
    assert 'id="news"' not in client.get("/customers").content.decode()
    assert "Có điều mới." in client.get("/help/new").content.decode()
    assert User.objects.get(pk=cast.user("seller").pk).news_seen == "9.0.0"
    assert History.objects.filter(verb="users.read_news").count() == 1


@pytest.mark.django_db
def test_goes_away_at_once_with_a_script(cast: Cast, client: Client, upgraded: None) -> None:
    client.force_login(cast.user("seller"))

    answer = client.post("/help/new", {"back": "/"}, headers={"HX-Request": "true"})

    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.django_db
def test_leads_back_to_no_stranger(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("seller"))

    for back in ("https://example.com/", "//example.com", "/\\example.com", ""):
        assert client.post("/help/new", {"back": back}).headers["Location"] == "/"


@pytest.mark.django_db
def test_tells_nothing_to_whoever_is_new(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("seller"))

    assert 'id="news"' not in client.get("/").content.decode()


def test_compares_versions_by_their_numbers() -> None:
    assert number_of("0.10.0") > number_of("0.9.3") > number_of("")


def test_finds_the_folders_of_the_modules() -> None:
    assert len(settings.GUIDE_DIRS) >= 3
