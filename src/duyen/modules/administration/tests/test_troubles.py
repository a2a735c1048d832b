"""A fault gets a number that a person can quote, stays when the work rolled back, and holds no value."""

from __future__ import annotations

import io
import json
import re
import zipfile
from collections.abc import Iterator
from html import unescape
from typing import Any
from unittest.mock import Mock

import psycopg
import pytest
from django.db import connection, transaction
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.words import Door
from duyen.foundation.jobs import running
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import ask, work
from duyen.foundation.settings.company import keep_setting
from duyen.foundation.troubles.keeping import Where, keep_trouble
from duyen.foundation.troubles.models import Report, Trouble
from duyen.foundation.troubles.queries import forget_old
from duyen.modules.administration.pages import health
from duyen.surfaces.api import entity_routes
from duyen.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db
SECRET = "Nguyễn Bí Mật"
PHONE = "0912345678"


def _forget_all() -> None:
    params: dict[str, Any] = connection.get_connection_params()
    params.pop("cursor_factory", None)
    params.pop("context", None)
    params["options"] = "-c lock_timeout=1000"
    with psycopg.connect(**params) as link:
        link.execute("DELETE FROM troubles_report")
        link.execute("DELETE FROM troubles_trouble")


@pytest.fixture(autouse=True)
def _clean(db: None) -> Iterator[None]:
    """Reports are written past the transaction of a test, so they are taken out by hand."""
    _forget_all()
    yield
    _forget_all()


@pytest.fixture
def admin(client: Client, cast: Cast) -> Client:
    client.raise_request_exception = False
    client.force_login(cast.user("admin"))
    return client


def _everything_kept() -> str:
    rows = [*Trouble.objects.values(), *Report.objects.values()]
    return json.dumps(rows, ensure_ascii=False, default=str)


def _number_in(text: str) -> str:
    found = re.search(r"L-[2-9A-Z]{5}", text)
    assert found, text[:2000]
    return found[0]


def _fall(*_given: Any, **_named: Any) -> None:
    raise ValueError(f"{SECRET} {PHONE}")


def test_a_broken_page_shows_a_number_in_the_readers_language(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "look_at_all", _fall)

    answer = admin.get(f"/settings/health?q={PHONE}")

    seen = unescape(answer.content.decode())
    assert answer.status_code == 500
    number = _number_in(seen)
    assert f"số {number}" in seen
    report = Report.objects.get(number=number)
    assert (report.door, report.pattern) == ("web", "settings/health")
    assert PHONE not in _everything_kept()
    assert "Bí Mật" not in _everything_kept()


def test_a_broken_part_of_a_page_tells_the_number_beside_it(
    admin: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(health, "look_at_all", _fall)

    answer = admin.get("/settings/health", headers={"HX-Request": "true"})

    assert answer.status_code == 500
    told = json.loads(answer.headers["HX-Trigger"])["toast"]["text"]
    assert Report.objects.filter(number=_number_in(told)).exists()


def test_rest_carries_the_number_and_nobody_elses_values(
    client: Client, cast: Cast, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entity_routes, "page", Mock(side_effect=ValueError(SECRET)))
    client.raise_request_exception = False
    client.force_login(cast.user("seller"))

    answer = client.get(f"/api/v1/customers?q={PHONE}")

    told = answer.json()
    assert answer.status_code == 500
    assert told["code"] == "internal"
    report = Report.objects.get(number=told["report"])
    assert told["report"] in told["detail"]
    assert report.user_id == cast.users["seller"].pk
    assert PHONE not in _everything_kept()
    assert "Bí Mật" not in _everything_kept()


def test_stays_when_the_work_is_rolled_back(cast: Cast) -> None:
    def write_and_fall() -> None:
        with transaction.atomic():
            standard.create(
                entity_named("roles"), actor=cast.actor("admin"), values={"name": SECRET, "code": "ZZ"}
            )
            with connection.cursor() as cursor:
                cursor.execute("SELECT %s::int", [SECRET])

    with pytest.raises(Exception, match="int") as caught:  # whatever Django wraps it in
        write_and_fall()
    number = keep_trouble(caught.value, Where(Door.JOB, "tests"))

    report = Report.objects.get(number=number)
    assert report.trouble.sqlstate == "22P02"
    assert "Bí Mật" not in _everything_kept()
    assert not entity_named("roles").rows(cast.actor("admin")).filter(code="ZZ").exists()


def test_inside_an_open_transaction_it_stays_too(cast: Cast) -> None:
    try:
        with transaction.atomic():
            try:
                _fall()
            except ValueError as error:
                number = keep_trouble(error, Where(Door.CLI, "tests"))
                raise
    except ValueError:
        assert Report.objects.filter(number=number).exists()


def test_equal_faults_are_counted_together_and_each_keeps_its_number(cast: Cast) -> None:
    numbers = set()
    for _time in range(3):
        try:
            _fall()
        except ValueError as error:
            numbers |= {keep_trouble(error, Where(Door.WEB, "a")), keep_trouble(error, Where(Door.WEB, "a"))}

    assert len(numbers) == 3
    (trouble,) = Trouble.objects.all()
    assert trouble.times == 3


def test_a_broken_job_tells_its_number_to_whoever_asked(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(running, "_kinds", {"test": _fall})
    job = ask("test", actor=cast.actor("seller"), label=SECRET, arguments={"phone": PHONE})

    with pytest.raises(ValueError, match="Bí Mật"):
        work(job.pk)

    kept = Job.objects.get(pk=job.pk)
    assert kept.state == JobState.FAILED
    report = Report.objects.get(number=_number_in(kept.problem))
    assert (report.door, report.pattern, report.user_id) == ("job", "test", cast.users["seller"].pk)
    assert PHONE not in _everything_kept()


@pytest.mark.django_db(transaction=True)
def test_an_administrator_finds_solves_and_opens_again(admin: Client, cast: Cast) -> None:
    try:
        _fall()
    except ValueError as error:
        number = keep_trouble(error, Where(Door.WEB, "customers", cast.users["seller"].pk))

    answer = admin.get("/settings/troubles", {"q": number.lower().removeprefix("l-")}, follow=True)
    seen = unescape(answer.content.decode())
    assert number in seen
    assert "Nguyễn Hồng Hạnh" in seen
    assert "test_troubles.py" in seen

    trouble = Trouble.objects.get()
    admin.post(f"/settings/troubles/{trouble.pk}/solve")
    assert Trouble.objects.get().solved_by_id == cast.users["admin"].pk
    assert "ValueError" not in admin.get("/settings/troubles").content.decode()
    assert "ValueError" in admin.get("/settings/troubles?state=solved").content.decode()

    try:
        _fall()
    except ValueError as error:
        again = keep_trouble(error, Where(Door.WEB, "customers"))
    trouble = Report.objects.get(number=again).trouble
    assert trouble.place == Report.objects.get(number=number).trouble.place


def test_an_unknown_number_says_so(admin: Client) -> None:
    assert "L-ZZZZZ" in unescape(admin.get("/settings/troubles?q=L-ZZZZZ").content.decode())
    assert admin.get("/settings/troubles/999999").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_old_reports_are_forgotten(cast: Cast) -> None:
    try:
        _fall()
    except ValueError as error:
        keep_trouble(error, Where(Door.WEB, "a"))
    assert forget_old() == 0
    Report.objects.update(at="2020-01-01T00:00:00Z")
    Trouble.objects.update(last_at="2020-01-01T00:00:00Z")

    assert forget_old() == 1
    assert not Trouble.objects.exists()


@pytest.mark.parametrize("who", ["seller", "manager", "director"])
def test_reports_are_for_administrators(client: Client, cast: Cast, who: str) -> None:
    client.force_login(cast.user(who))
    for address in ("/settings/troubles", "/settings/troubles/1", "/settings/diagnostics/file"):
        assert client.get(address).status_code == 403
    assert client.post("/settings/troubles/1/solve").status_code == 403


def test_the_diagnostics_file_knows_nobody(admin: Client, cast: Cast) -> None:
    actor = cast.actor("seller")
    standard.create(
        entity_named("customers"),
        actor=actor,
        values={"name": SECRET, "kind": "INDIVIDUAL", "phones": [PHONE], "emails": ["mat@example.com"]},
    )
    with transaction.atomic():
        keep_setting("company.name", "Công ty Kín Tiếng", actor=cast.actor("admin"))
        ask("test", actor=actor, label=SECRET, arguments={"q": PHONE})
    try:
        _fall()
    except ValueError as error:
        number = keep_trouble(error, Where(Door.WEB, "customers", cast.users["seller"].pk))

    answer = admin.get("/settings/diagnostics/file")

    with zipfile.ZipFile(io.BytesIO(answer.content)) as file:
        text = file.read("diagnostics.json").decode()
    told = json.loads(text)
    assert number in text
    assert told["settings"]["company.name"] == {"is_set": True, "times_changed": 1}
    assert told["migrations"]["pending"] == []
    assert {each["name"] for each in told["health"]} >= {"database.size", "work.workers"}
    people = [value for user in cast.users.values() for value in (user.full_name, user.email)]
    units = [unit.name for unit in cast.units.values()]
    secrets = [SECRET, PHONE, "+84912345678", "912345678", "mat@example.com", "Kín Tiếng", PASSWORD]
    assert [each for each in (*people, *units, *secrets) if each in text] == []
