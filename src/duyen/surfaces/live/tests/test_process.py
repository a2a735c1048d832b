"""The live process as it runs: what a browser hears of a real change, and when it hears no more."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connection, transaction
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.standard import Done, change, create, hand_over
from duyen.foundation.access.models import AccessEpoch
from duyen.foundation.audit import trail
from duyen.foundation.notices.tickets import Ticket, write_ticket
from duyen.foundation.org.models import User
from duyen.kernel.clock import now, stopped
from duyen.testing.cast import Cast
from duyen.testing.following import begin_here, catch_up
from duyen.testing.live import Ear, LiveProcess, live_process

pytestmark = pytest.mark.django_db(transaction=True)
HOST = "127.0.0.1:8000"
ORIGIN = f"http://{HOST}"
Hear = Callable[..., Ear]


@pytest.fixture(scope="module")
def process(django_db_setup: None) -> Iterator[LiveProcess]:
    """Start it once for the tests of this module."""
    with live_process() as running:
        yield running


@pytest.fixture
def hear(process: LiveProcess) -> Iterator[Hear]:
    """Open connections as browsers hold them, and hang them up at the end."""
    ears: list[Ear] = []

    def open_one(ticket: str, *, origin: str = "") -> Ear:
        ears.append(Ear(process.port, ticket, origin=origin))
        return ears[-1]

    yield open_one
    for each in ears:
        each.close()
    process.wait_for(clients=0)


@pytest.fixture
def made(cast: Cast) -> Done:
    given = {"name": "Công ty Hoa Sen", "kind": "ORGANISATION"}
    done = create(entity_named("customers"), actor=cast.actor("seller"), values=given)
    begin_here()
    return done


def _browser(cast: Cast, who: str) -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def _ticket(client: Client, process: LiveProcess, *looked_at: str) -> str:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DUYEN_LIVE_PORT", str(process.port))
        asked = "&".join(f"on={each}" for each in looked_at)
        answer = client.get(f"/_live?{asked}", headers={"Host": HOST})
    url = json.loads(answer.content)["url"]
    assert urlsplit(url).port == process.port
    return str(parse_qs(urlsplit(url).query)["ticket"][0])


def test_tells_a_browser_of_notices_and_of_the_record_that_it_shows(
    cast: Cast, made: Done, process: LiveProcess, hear: Hear
) -> None:
    ticket = _ticket(_browser(cast, "teller"), process, f"customers.{made.id}.1")
    ear = hear(ticket, origin=ORIGIN)
    assert ear.status == 200
    assert ear.answer.headers["Access-Control-Allow-Origin"] == ORIGIN
    assert ear.answer.headers["Content-Type"].startswith("text/event-stream")

    hand_over(
        entity_named("customers"), [made.id], actor=cast.actor("manager"), owner=cast.users["teller"].pk
    )
    catch_up()

    heard = {ear.next(), ear.next()}
    assert heard == {("notices", ""), ("changed", f'["parties.{made.id}"]')}


def test_tells_nothing_of_records_that_are_closed(
    cast: Cast, made: Done, process: LiveProcess, hear: Hear
) -> None:
    ticket = _ticket(_browser(cast, "outsider"), process, f"customers.{made.id}.1")
    ear = hear(ticket)

    change(entity_named("customers"), made.id, actor=cast.actor("seller"), values={"name": "Sen"}, version=1)
    catch_up()

    assert ear.next(within=1.5) is None


@pytest.mark.parametrize("ending", ["sign out", "lock"])
def test_ends_when_the_person_signs_out_or_is_locked(
    cast: Cast, process: LiveProcess, hear: Hear, ending: str
) -> None:
    client = _browser(cast, "teller")
    ear = hear(_ticket(client, process))
    process.wait_for(clients=1)

    if ending == "sign out":
        client.post("/logout")
    else:
        with transaction.atomic():
            trail.begin(cast.actor("admin"), "users.lock")
            User.objects.filter(pk=cast.users["teller"].pk).update(is_active=False)

    began = time.monotonic()
    assert ear.next() is None
    assert time.monotonic() - began < 12
    process.wait_for(clients=0)


def test_asks_for_a_new_ticket_when_rights_change(cast: Cast, process: LiveProcess, hear: Hear) -> None:
    ear = hear(_ticket(_browser(cast, "teller"), process))

    epoch = AccessEpoch.objects.get(pk=1).value
    AccessEpoch.objects.filter(pk=1).update(value=epoch + 1)

    assert ear.next() == ("again", "")


def test_lets_nobody_in_without_a_good_ticket_from_its_own_origin(
    cast: Cast, process: LiveProcess, hear: Hear
) -> None:
    ticket = Ticket(cast.users["teller"].pk, "s", ORIGIN, 1, ())
    with stopped(now()):
        good = write_ticket(ticket)

    assert hear("khong-co-that").status == 401
    assert hear(good + "x").status == 401
    assert hear(good, origin="https://elsewhere.example").status == 403


def test_comes_back_when_the_database_cut_it_off(process: LiveProcess, hear: Hear, cast: Cast) -> None:
    ear = hear(_ticket(_browser(cast, "teller"), process))
    process.wait_for(clients=1)
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'duyen live'"
        )

    assert ear.next() == ("again", "")
    process.wait_for(status="ok")
