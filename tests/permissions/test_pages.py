"""Every page of the table: open to those it names, refused to the others, and safe in how it answers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client
from django.urls import resolve

from duyen.entities.registry import all_entities, entity_named
from duyen.foundation.jobs.models import Job
from duyen.kernel.clock import now
from tests.permissions.asking import Door, People, told, unchanged, undone
from tests.permissions.doors import (
    entry_doors,
    export_doors,
    found_doors,
    list_doors,
    parts_of_a_list,
    record_doors,
    report_doors,
)
from tests.permissions.pages import ANYBODY, DERIVED, EVERYBODY, LEAVING, address_of, own_pages
from tests.permissions.planting import Stage
from tests.permissions.table import FILE, table

OWN_PAGES = own_pages()
#: Addresses that tests of their own ask: of kept views and of jobs below, of steps with many in
#: test_sets.py, of merges in test_merging.py, of one's own notices and watches in the web's notices,
#: of requests in the web's approvals, of writing mail in the tests of messaging, of tiles, short forms and
#: suggestions in test_start_page.py, of what a draft of points would change in the tests of scoring.
ASKED_ELSEWHERE = {
    "quick/<str:name>",
    "home/tiles/<str:name>",
    "home/tiles/<str:name>/menu",
    "home/tiles/<str:name>/tick/<int:record_id>",
    "suggestions/answers/<int:answer_id>/withdraw",
    "suggestions/<str:rule>/<int:record_id>/<slug:step>",
    "notices/<int:notice_id>",
    "watching/stop",
    "<slug:entities>/<int:record_id>/unwatch",
    "<slug:entities>/views/<int:view_id>/<slug:step>",
    "<slug:entities>/bulk",
    "<slug:entities>/merge",
    "<slug:entities>/<int:record_id>/merge",
    "merges/<int:merge_id>",
    "approvals/<int:request_id>",
    "approvals/<int:request_id>/grant",
    "approvals/<int:request_id>/refuse",
    "approvals/<int:request_id>/withdraw",
    "<slug:entities>/<int:record_id>/timeline",
    "<slug:entities>/<int:record_id>/timeline/<int:activity_id>",
    "customers/<int:record_id>/call",
    "contacts/<int:record_id>/call",
    "score_models/<int:record_id>/effect",
    "activities/<int:activity_id>/text",
    "activities/<int:activity_id>/done",
    "activities/<int:activity_id>/on-timeline/<slug:verb>",
    "opportunities/<int:record_id>/partners/<int:partner_id>/paper",
    "mails/<int:mail_id>/again",
    "mails/<int:mail_id>/stop",
    "mails/<int:mail_id>/confirm",
    "<slug:entities>/<int:record_id>/mail",
    "<slug:entities>/<int:record_id>/mail/draft",
    "jobs/<int:job_id>",
    "jobs/<int:job_id>/rejected",
    "jobs/<int:job_id>/file",
    "jobs/<int:job_id>/<slug:verb>",
}


def _may_open(route: str, who: str) -> bool:
    said = table().pages[route]
    return said in (ANYBODY, EVERYBODY) or who in said.split()


@pytest.mark.parametrize("route", OWN_PAGES)
def test_opens_to_those_whom_the_table_names(route: str, stage: Stage, people: People) -> None:
    address = address_of(stage, route)

    for who in table().people:
        if route in LEAVING:
            continue
        for method in ("GET", "POST"):
            door = Door(f"{method} {route}", method, address)
            if _may_open(route, who):
                with undone():
                    answer = people.ask(who, door)
                assert answer.status_code != 403, f"{who}: {door.name}"
                assert table().pages[route] == ANYBODY or not _leads_to_sign_in(answer), f"{who}: {door.name}"
                continue
            with unchanged(f"{who}, {door.name}"):
                answer = people.ask(who, door)
            # An address for forms alone leads to the page on which its form stands, which refuses in turn.
            leads_on = method == "GET" and answer.status_code == 302
            assert leads_on or answer.status_code in (403, 404, 405, 409), f"{who}, {door.name}"


@pytest.mark.parametrize("route", OWN_PAGES)
def test_sends_strangers_to_the_door(route: str, stage: Stage, people: People) -> None:
    address = address_of(stage, route)

    for who in ("nobody", "locked"):
        for method in ("GET", "POST"):
            with unchanged(f"{who}, {route}"):
                answer = people.ask(who, Door(route, method, address))
            is_open = table().pages[route] == ANYBODY or route in LEAVING
            assert is_open or _leads_to_sign_in(answer), f"{who}, {method} {route}"


@pytest.mark.parametrize("name", sorted(table().entities))
def test_gives_strangers_nothing_behind_any_door(name: str, stage: Stage, people: People) -> None:
    for who in ("nobody", "locked"):
        with unchanged(f"{who}, {name}"):
            for door in _all_doors(stage, name):
                answer = people.ask(who, door)
                if door.is_api:
                    assert answer.status_code == 401, f"{who}, {door.name}: {answer.status_code}"
                else:
                    assert _leads_to_sign_in(answer), f"{who}, {door.name}: {answer.status_code}"


def _leads_to_sign_in(answer: Any) -> bool:
    return "/login" in answer.headers.get("Location", "") + answer.headers.get("HX-Redirect", "")


def _all_doors(stage: Stage, name: str) -> Iterator[Door]:
    """List every door of one entity, with its first record."""
    entity = entity_named(name)
    yield from (each.door for each in list_doors(entity))
    yield from parts_of_a_list(entity)
    yield from report_doors(entity)
    yield from found_doors(entity, name)
    yield from export_doors(entity)
    first = table().entities[name].records[0].name
    yield from (each.door for each in record_doors(stage, entity, stage.planted(name, first)))
    yield Door("new form", "GET", f"/{name}/new")
    yield from entry_doors(entity)
    yield Door("new", "POST", f"/{name}/new", {entity.title: "Mới"})
    yield Door("import form", "GET", f"/{name}/import")
    yield Door("import", "POST", f"/{name}/import", {})
    yield Door("file to import", "GET", f"/{name}/import/khong-co-that")
    yield Door("import of a file", "POST", f"/{name}/import/khong-co-that", {"step": "begin"})
    yield Door("import at last", "POST", f"/{name}/import/khong-co-that/begin", {})
    yield Door("REST import", "POST", f"/{name}/import", {}, is_api=True)
    yield Door("REST create", "POST", f"/{name}", {entity.title: "Mới"}, is_api=True)


def test_asks_at_every_derivedaddress_of(stage: Stage) -> None:
    asked = {
        resolve(door.path.partition("?")[0]).route
        for each in all_entities()
        for door in _all_doors(stage, each.name)
        if not door.is_api
    }
    derived = {route for route, who in table().pages.items() if who == DERIVED} - ASKED_ELSEWHERE

    assert derived <= asked, (
        f"{FILE.name} calls these derived, and no door of doors.py leads to them: {sorted(derived - asked)}"
    )


@pytest.mark.parametrize("name", sorted(table().entities))
def test_keeps_private_answers_out_of_caches(name: str, stage: Stage, people: People) -> None:
    for door in _all_doors(stage, name):
        if door.method != "GET":
            continue
        kept = people.ask("director", door).headers["Cache-Control"]
        assert "private" in kept, f"{door.name}: {kept}"
        assert "no-cache" in kept or "no-store" in kept, f"{door.name}: {kept}"


@pytest.mark.parametrize("name", sorted(table().entities))
def test_takes_no_form_from_another_site(name: str, stage: Stage) -> None:
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(stage.users["director"])

    with unchanged(f"forged forms of {name}"):
        for door in _all_doors(stage, name):
            if door.method == "GET":
                continue
            path = f"/api/v1{door.path}" if door.is_api else door.path
            answer = getattr(client, door.method.lower())(path, data=dict(door.body))
            assert answer.status_code == 403, f"{door.name}: {answer.status_code}"


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS", "PUT", "DELETE", "TRACE"])
@pytest.mark.parametrize("name", ["customers", "users"])
def test_changes_nothing_by_other_methods(name: str, method: str, stage: Stage, people: People) -> None:
    with unchanged(f"{method} at {name}"):
        for door in _all_doors(stage, name):
            if door.is_api:
                continue
            answer = people.ask("director", Door(door.name, method, door.path))
            assert answer.status_code in (200, 302, 400, 403, 404, 405), f"{method} {door.path}"
            if method == "HEAD":
                assert not told(answer).partition("\n\n")[2].strip()


def test_keeps_a_view_to_whom_it_is_for(people: People) -> None:
    asked = {"name": "Qzmine"}
    made = people.ask("seller", Door("new view", "POST", "/customers/views/new?kind.in=INDIVIDUAL", asked))
    view_id = re.search(r"view=(\d+)", made.headers["Location"])
    assert view_id is not None
    assert "Qzmine" in told(people.ask("seller", Door("list", "GET", "/customers")))
    at = f"/customers/views/{view_id[1]}"

    for who in table().people:
        if who in ("seller", "admin"):
            continue
        for path in ("/customers", "/customers/views", f"/customers?view={view_id[1]}"):
            assert "Qzmine" not in told(people.ask(who, Door("views", "GET", path))), f"{who}, {path}"
        with unchanged(f"{who}, a view of the seller"):
            for step in (
                "save",
                "change",
                "delete",
                "restore",
                "earlier",
                "later",
                "first",
                "first_for_role",
            ):
                answer = people.ask(who, Door(step, "POST", f"{at}/{step}", {"name": "Qzother"}))
                assert answer.status_code in (400, 403, 404), f"{who}, {step}"
    assert "Qzmine" in told(people.ask("seller", Door("list", "GET", "/customers")))


def test_shows_a_job_to_whoever_asked_for_it_and_to_administrators(stage: Stage, people: People) -> None:
    job = Job.objects.create(
        kind="import", label="Qzjob", asked_by=stage.users["seller"], created_at=now(), rejected=1
    )
    doors = [
        Door("job", "GET", f"/jobs/{job.pk}"),
        Door("rejected rows", "GET", f"/jobs/{job.pk}/rejected"),
        Door("cancel", "POST", f"/jobs/{job.pk}/cancel"),
        Door("REST job", "GET", f"/jobs/{job.pk}", is_api=True),
        Door("REST rejected rows", "GET", f"/jobs/{job.pk}/rejected", is_api=True),
        Door("REST cancel", "POST", f"/jobs/{job.pk}/cancel", is_api=True),
    ]

    for who in table().people:
        for door in doors:
            with undone():
                answer = people.ask(who, door)
            if who not in ("seller", "admin") or "rejected" in door.name:  # there is no file of refused rows
                assert answer.status_code == 404, f"{who}, {door.name}"
                assert "Qzjob" not in told(answer)
            else:
                assert answer.status_code < 400, f"{who}, {door.name}"
