"""Webhooks from a write to the receiver: what is told, to whom, by whose rights, and what failing does."""

from __future__ import annotations

import base64
import datetime as dt
import hashlib
import hmac
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import FieldLevel
from duyen.foundation.audit import trail
from duyen.foundation.notices.models import Notice
from duyen.foundation.org.models import Role, User
from duyen.foundation.webhooks import addresses, sending
from duyen.foundation.webhooks.models import Delivery, Standing, Webhook
from duyen.foundation.webhooks.problems import problem_of
from duyen.kernel.clock import now, stopped
from duyen.surfaces.api.hooks.delivering import serve
from duyen.surfaces.api.hooks.dispatching import dispatched, due
from duyen.surfaces.api.hooks.keeping import make_secret, replay_one, shown_request
from duyen.testing.cast import Cast
from duyen.testing.following import begin_here, catch_up

pytestmark = pytest.mark.django_db(transaction=True)


@dataclass
class Receiver:
    """A program that takes messages, and answers as it is told."""

    url: str = ""
    status: int = 200
    got: list[tuple[dict[str, str], dict[str, Any], bytes]] = field(default_factory=list)

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [body for _headers, body, _raw in self.got]


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Iterator[Receiver]:
    made = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers["Content-Length"]))
            made.got.append(
                ({key.lower(): value for key, value in self.headers.items()}, json.loads(raw), raw)
            )
            self.send_response(made.status)
            self.end_headers()
            self.wfile.write("cảm ơn".encode())

        def log_message(self, format: str, *args: Any) -> None:
            return

    server = HTTPServer(("127.0.0.1", 0), Handler)
    made.url = f"http://127.0.0.1:{server.server_port}/hook"
    monkeypatch.setenv(addresses.ALLOWED, "127.0.0.1")
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield made
    server.shutdown()
    server.server_close()


@dataclass
class Hook:
    """A webhook that is on, and its secret."""

    id: int
    secret: str
    version: int

    def standing(self) -> Standing:
        return Standing.objects.get(webhook_id=self.id)

    def deliveries(self) -> list[Delivery]:
        return list(Delivery.objects.filter(webhook_id=self.id).order_by("id"))


HookMaker = Callable[..., Hook]


@pytest.fixture
def hook(cast: Cast, receiver: Receiver) -> HookMaker:
    """Give a function that makes a webhook which reads as the seller, and switches it on."""

    def make(**values: Any) -> Hook:
        admin, webhooks = cast.actor("admin"), entity_named("webhooks")
        given = {
            "name": "Kế toán",
            "address": receiver.url,
            "user": cast.user("seller").pk,
            "entities": ["customers"],
            "events": ["created", "changed", "deleted", "restored"],
        }
        made = standard.create(webhooks, actor=admin, values=given | values)
        secret = make_secret(made.id, actor=admin)
        done = perform(webhooks, "resume", made.id, actor=admin, arguments={})
        begin_here()
        return Hook(made.id, secret, done.version)

    return make


def _customer(cast: Cast, who: str = "seller", **values: Any) -> int:
    given = {"name": "Công ty Ánh Dương", "kind": "ORGANISATION", **values}
    return standard.create(entity_named("customers"), actor=cast.actor(who), values=given).id


def _change(cast: Cast, record_id: int, *, version: int = 1, **values: Any) -> None:
    actor = cast.actor("seller")
    standard.change(entity_named("customers"), record_id, actor=actor, values=values, version=version)


def _run(hook: Hook) -> int:
    catch_up()
    return serve(hook.id)


def test_tells_of_a_new_record_as_rest_shows_it(cast: Cast, hook: HookMaker, receiver: Receiver) -> None:
    made = hook()
    record_id = _customer(cast, phones=["0912345678"])

    assert _run(made) == 1

    (headers, body, _raw) = receiver.got[0]
    data = body["data"]
    assert body["type"] == "customers.created"
    assert (data["entity"], data["id"], data["event"], data["verb"]) == (
        "customers",
        record_id,
        "created",
        "customers.create",
    )
    assert data["actor"] == {"id": cast.user("seller").pk, "label": "Nguyễn Hồng Hạnh"}
    assert data["record"]["phones"] == ["+84912345678"]
    assert data["code"] == data["record"]["code"] != ""
    assert headers["content-type"] == "application/json"
    (kept,) = made.deliveries()
    assert (kept.state, kept.tries[0]["status"], kept.tries[0]["response"]) == ("sent", 200, "cảm ơn")
    assert headers["webhook-id"] == kept.message_id


def test_signs_with_the_secret_and_for_a_day_with_the_one_before(
    cast: Cast, hook: HookMaker, receiver: Receiver
) -> None:
    made = hook()
    fresh = make_secret(made.id, actor=cast.actor("admin"))
    _customer(cast)

    _run(made)

    headers, _body, raw = receiver.got[0]
    signed = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + raw
    keys = [base64.b64decode(each.removeprefix("whsec_")) for each in (fresh, made.secret)]
    wanted = ["v1," + base64.b64encode(hmac.digest(key, signed, hashlib.sha256)).decode() for key in keys]
    assert headers["webhook-signature"].split(" ") == wanted
    with stopped(now() + dt.timedelta(hours=25)):
        _customer(cast, name="Công ty Bình Minh")
        _run(made)
    assert len(receiver.got[1][0]["webhook-signature"].split(" ")) == 1


def test_tells_what_changed_and_of_the_way_into_the_bin_and_back(
    cast: Cast, hook: HookMaker, receiver: Receiver
) -> None:
    customers, seller = entity_named("customers"), cast.actor("seller")
    record_id = _customer(cast)
    made = hook()

    _change(cast, record_id, name="Công ty Ánh Trăng")
    _run(made)
    standard.delete(customers, record_id, actor=cast.actor("manager"), reason="trùng")
    _run(made)
    standard.restore(customers, record_id, actor=cast.actor("manager"))
    _run(made)

    assert seller.user_id == receiver.bodies[0]["data"]["actor"]["id"]
    assert [body["type"] for body in receiver.bodies] == [
        "customers.changed",
        "customers.deleted",
        "customers.restored",
    ]
    assert receiver.bodies[0]["data"]["changed"] == ["name"]
    assert receiver.bodies[0]["data"]["changes"] == [
        {"entity": "customers", "field": "name", "from": "Công ty Ánh Dương", "to": "Công ty Ánh Trăng"}
    ]
    assert receiver.bodies[1]["data"]["record"] is None
    assert receiver.bodies[2]["data"]["record"]["name"] == "Công ty Ánh Trăng"


def test_hears_of_its_entities_events_and_fields_alone(
    cast: Cast, hook: HookMaker, receiver: Receiver
) -> None:
    record_id = _customer(cast)
    made = hook(events=["changed"], fields=["customers.phones"])

    _customer(cast, name="Công ty Bình Minh")
    _change(cast, record_id, name="Công ty Cửu Long")
    _change(cast, record_id, version=2, phones=["0912345678"])
    _run(made)

    assert [body["data"]["changed"] for body in receiver.bodies] == [["phones"]]


def test_tells_nothing_of_other_units(cast: Cast, hook: HookMaker, receiver: Receiver) -> None:
    made = hook()
    _customer(cast, who="outsider", name="Khách Hải Dương")

    _run(made)

    assert receiver.got == []
    assert [each.state for each in made.deliveries()] == ["closed"]


def test_tells_nothing_of_hidden_fields(cast: Cast, hook: HookMaker, receiver: Receiver) -> None:
    record_id = _customer(cast, phones=["0912345678"])
    role = Role.objects.get(code="SALES_REP")
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.hide")
        for entity in ("customers", "contacts"):
            FieldRight.objects.create(role=role, entity=entity, field="phones", level=FieldLevel.HIDDEN)
    made = hook()

    manager = cast.actor("manager")
    standard.change(
        entity_named("customers"), record_id, actor=manager, values={"phones": ["0987654321"]}, version=1
    )
    standard.change(
        entity_named("customers"),
        record_id,
        actor=manager,
        values={"phones": ["0900000001"], "name": "Công ty Mới"},
        version=2,
    )
    _run(made)

    (body,) = receiver.bodies
    assert body["data"]["changed"] == ["name"]
    assert "phones" not in body["data"]["record"]
    assert "84" not in json.dumps(body["data"]["changes"])
    assert [each.state for each in made.deliveries()] == ["closed", "sent"]


def test_rights_are_those_of_the_moment_of_sending(cast: Cast, hook: HookMaker, receiver: Receiver) -> None:
    made = hook()
    record_id = _customer(cast)
    catch_up()
    standard.hand_over(
        entity_named("customers"),
        [record_id],
        actor=cast.actor("manager"),
        owner=cast.user("colleague").pk,
        unit=cast.unit("HP2").pk,
    )

    serve(made.id)

    assert receiver.got == []


def test_a_locked_user_stops_it_and_the_administrators_hear_of_it(
    cast: Cast, hook: HookMaker, receiver: Receiver
) -> None:
    made = hook()
    _customer(cast)
    with transaction.atomic():
        trail.begin(system_actor("tests"), "tests.lock")
        User.objects.filter(pk=cast.user("seller").pk).update(is_active=False)

    _run(made)

    kept = Webhook.objects.get(pk=made.id)
    assert receiver.got == []
    assert (kept.is_on, kept.why_paused) == (False, "user_gone")
    assert [each.state for each in made.deliveries()] == ["waiting"]
    assert Notice.objects.filter(kind="webhook_paused", user_id=cast.user("admin").pk).count() == 1


def test_says_in_the_log_why_a_try_failed(
    cast: Cast, hook: HookMaker, receiver: Receiver, client: Client
) -> None:
    made = hook()
    receiver.status = 500
    _customer(cast)
    _run(made)
    client.force_login(cast.user("admin"))

    log = client.get(f"/webhooks/{made.id}/deliveries").content.decode()

    assert "Bên nhận trả lời 500." in log


def test_tries_again_with_a_growing_pause_and_keeps_the_order(
    cast: Cast, hook: HookMaker, receiver: Receiver
) -> None:
    made = hook()
    receiver.status = 500
    _customer(cast)
    _customer(cast, name="Công ty Bình Minh")

    assert _run(made) == 1
    assert serve(made.id) == 0
    first, second = made.deliveries()
    assert (first.state, first.attempts, second.attempts) == ("waiting", 1, 0)
    assert made.standing().failures == 1
    assert "500" in problem_of(first.tries[0])

    receiver.status = 204
    with stopped(now() + dt.timedelta(seconds=11)):
        assert serve(made.id) == 2

    assert [each.state for each in made.deliveries()] == ["sent", "sent"]
    assert receiver.got[0][0]["webhook-id"] in {each[0]["webhook-id"] for each in receiver.got[1:]}
    assert made.standing().failures == 0


def test_pauses_itself_after_failing_for_long(cast: Cast, hook: HookMaker, receiver: Receiver) -> None:
    made = hook()
    receiver.status = 503
    _customer(cast)
    catch_up()
    Standing.objects.update_or_create(
        webhook_id=made.id, defaults={"failures": 19, "failing_since": now() - dt.timedelta(hours=2)}
    )

    serve(made.id)

    kept = Webhook.objects.get(pk=made.id)
    assert (kept.is_on, kept.why_paused) == (False, "failing")
    assert due() == []


def test_a_receiver_that_is_gone_for_good_is_left_alone(
    cast: Cast, hook: HookMaker, receiver: Receiver
) -> None:
    made = hook()
    receiver.status = 410
    _customer(cast)

    _run(made)

    assert Webhook.objects.get(pk=made.id).why_paused == "gone"


def test_one_failed_delivery_and_all_of_them_can_be_sent_once_more(
    cast: Cast, hook: HookMaker, receiver: Receiver
) -> None:
    made, admin = hook(), cast.actor("admin")
    for name in ("Một", "Hai", "Ba"):
        _customer(cast, name=name)
    catch_up()
    Delivery.objects.filter(webhook_id=made.id).update(state="failed", finished_at=now())
    first = made.deliveries()[0]

    again = replay_one(made.id, first.pk, actor=admin)
    perform(entity_named("webhooks"), "replay_failed", made.id, actor=admin, arguments={})
    serve(made.id)

    assert again.message_id == first.message_id
    assert len(receiver.got) == 3
    assert len({headers["webhook-id"] for headers, _body, _raw in receiver.got}) == 3


def test_a_ping_goes_out_while_it_is_paused_and_tells_no_data(
    cast: Cast, hook: HookMaker, receiver: Receiver
) -> None:
    made, admin, webhooks = hook(), cast.actor("admin"), entity_named("webhooks")
    perform(webhooks, "pause", made.id, actor=admin, arguments={})
    _customer(cast)
    perform(webhooks, "ping", made.id, actor=admin, arguments={})

    assert due() == [made.id]
    _run(made)

    assert [(body["type"], body["data"]) for body in receiver.bodies] == [
        ("ping", {"webhook": {"id": made.id, "name": "Kế toán"}})
    ]


def test_a_private_address_is_refused_when_it_is_called_too(
    cast: Cast, hook: HookMaker, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = hook()
    monkeypatch.setenv(addresses.ALLOWED, "")
    _customer(cast)

    _run(made)

    (kept,) = made.deliveries()
    assert receiver.got == []
    assert kept.tries[0]["problem"]["code"] == "not_https"


def test_the_log_shows_of_the_body_what_its_reader_may_read_herself(
    cast: Cast, hook: HookMaker, receiver: Receiver
) -> None:
    made = hook()
    _customer(cast, phones=["0912345678"])
    _run(made)
    (kept,) = made.deliveries()

    assert "Ánh Dương" in shown_request(kept, cast.actor("seller"))
    closed = shown_request(kept, cast.actor("outsider"))
    assert "Ánh Dương" not in closed
    assert "84912345678" not in closed


def test_a_receiver_that_never_answers_keeps_no_other_waiting(
    cast: Cast, hook: HookMaker, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    slow = threading.Event()
    monkeypatch.setattr(sending, "MOST_SECONDS", 2.0)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        stuck = hook(name="Không trả lời", address=f"http://127.0.0.1:{silent.getsockname()[1]}/")
        made = hook(name="Nhanh")
        _customer(cast)
        catch_up()
        with dispatched():
            for _step in range(100):
                if receiver.got:
                    break
                slow.wait(0.1)
    assert [body["type"] for body in receiver.bodies] == ["customers.created"]
    assert made.deliveries()[0].state in ("sent", "waiting")
    assert stuck.deliveries()[0].state == "waiting"
