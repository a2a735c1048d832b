"""The navigation: few lines for everybody, and what belongs to one of them folds away under it."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import transaction
from django.test import Client
from django.urls import get_resolver

from duyen.entities.registry import all_entities
from duyen.foundation.audit import trail
from duyen.foundation.org.models import Position, Role, User
from duyen.foundation.org.words import RoleCode
from duyen.kernel.clock import now, today
from duyen.surfaces.web import shell
from duyen.surfaces.web.context import UNFOLDED, navigation
from duyen.surfaces.web.pages.addresses import list_url
from duyen.surfaces.web.shell import NavItem
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

MOST_LINES = 15


@pytest.fixture(autouse=True)
def _with_all_pages() -> None:
    """Read the addresses, with which modules add their own pages: a request would have done it."""
    assert get_resolver().url_patterns


def _tops(cast: Cast, who: str, path: str = "/", opened: tuple[str, ...] = ()) -> dict[str, NavItem]:
    groups = navigation(cast.actor(who), path, opened)
    return {item.url: item for group in groups for item in group.items}


def _holder(cast: Cast, role: RoleCode) -> str:
    """Add somebody who holds a role in the branch to the cast."""
    stamps = {"created_at": now(), "updated_at": now()}
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.holder")
        user = User.objects.create(email="vai@example.com", full_name="Ngô Văn Vai", **stamps)
        role_row = Role.objects.get(code=role.value)
        since = today() - dt.timedelta(days=30)
        place = {"unit": cast.unit("HP"), "role": role_row, "is_main": True, "since": since}
        Position.objects.create(user=user, **place, **stamps)
    cast.users["holder"] = user
    return "holder"


@pytest.mark.parametrize("role", sorted(RoleCode))
def test_has_fifteen_lines_at_most(role: RoleCode, cast: Cast) -> None:
    groups = navigation(cast.actor(_holder(cast, role)), "/")

    assert sum(len(group.items) for group in groups) <= MOST_LINES


@pytest.mark.parametrize("who", ["seller", "manager", "director", "admin"])
def test_leaves_no_page_out_and_names_none_twice(who: str, cast: Cast) -> None:
    actor = cast.actor(who)
    lists = {list_url(each) for each in all_entities() if each.in_menu and actor.may(each.name, "read")}
    own = {each.url for each in shell.own_pages(actor)}

    found = [each.url for top in _tops(cast, who).values() for each in (top, *top.items)]

    assert sorted(found) == sorted({"/", *lists, *own})


def test_every_page_above_others_is_one_of_the_navigation() -> None:
    under = {each.url: each.under for each in shell._own_pages}
    under |= {list_url(each): each.under for each in all_entities() if each.in_menu}

    above = {each for each in under.values() if each}

    assert {"/leads", "/opportunities", "/settings"} <= above <= set(under)
    assert {under[each] for each in above} == {""}, "a page under another has none under itself"


def test_what_belongs_to_leads_stands_under_them(cast: Cast) -> None:
    leads = _tops(cast, "manager")["/leads"]

    assert {"/leads/calling", "/leads/speed", "/leads/handed-over", "/web_forms"} <= {
        each.url for each in leads.items
    }
    assert not leads.is_open


def test_who_may_not_open_the_page_above_finds_what_belongs_to_it_beside_the_others(cast: Cast) -> None:
    tops = _tops(cast, "admin")

    assert "/opportunities" not in tops
    assert not tops["/pipelines"].items


@pytest.mark.parametrize(
    ("path", "current"),
    [
        ("/leads", "/leads"),
        ("/leads/7", "/leads"),
        ("/leads/calling", "/leads/calling"),
        ("/web_forms/7", "/web_forms"),
    ],
)
def test_marks_the_page_one_is_on_and_unfolds_what_it_stands_in(path: str, current: str, cast: Cast) -> None:
    tops = _tops(cast, "manager", path)

    marked = [each.url for top in tops.values() for each in (top, *top.items) if each.is_current]

    assert marked == [current]
    assert [url for url, top in tops.items() if top.is_open] == ["/leads"]


def test_a_page_below_the_settings_is_not_the_settings(cast: Cast) -> None:
    tops = _tops(cast, "admin", "/settings/health")

    assert not tops["/settings"].is_current
    assert [each.url for each in tops["/settings"].items if each.is_current] == ["/settings/health"]


def test_a_device_remembers_what_is_unfolded(cast: Cast, client: Client) -> None:
    client.force_login(cast.user("manager"))
    client.cookies[UNFOLDED] = "opportunities.no-such-page.<b>"

    page = client.get("/customers").content.decode()

    folds = dict(re.findall(r'data-fold="([^"]+)"[^>]* aria-expanded="(true|false)"', page))
    assert folds["opportunities"] == "true"
    assert set(folds.values()) == {"true", "false"}
    assert '<div id="under-opportunities">' in page
    assert '<div id="under-leads" hidden>' in page
    assert "<b>" not in page.split('id="side"')[1].split("</nav>")[0]
