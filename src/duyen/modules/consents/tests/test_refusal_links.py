"""Whoever got advertising refuses it by the link in the mail: no sign-in, no script, and not by looking."""

from __future__ import annotations

import html
import re

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.modules.consents.actions import take_contact
from duyen.modules.consents.models import Suppression
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.refusal_links import mac_in, token_of
from duyen.modules.consents.tests.conftest import Make, stand
from duyen.modules.consents.words import Channel, Purpose
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_ADDRESS = "lan@example.com"


def _advertised(cast: Cast, customer: int, address: str = _ADDRESS) -> str:
    take_contact(customer, Channel.EMAIL, Purpose.MARKETING, actor=cast.actor("seller"), address=address)
    return f"/refuse/{token_of(address)}"


def test_looking_changes_nothing_and_one_press_stops_it(cast: Cast, customer: int, consent: Make) -> None:
    made = consent(channels=["EMAIL", "SMS"])
    path, robot = _advertised(cast, customer), Client(enforce_csrf_checks=True)
    for ask in (robot.get, robot.head, robot.get):
        assert ask(path).status_code == 200
    page = robot.get(path).content.decode()
    assert "Dừng nhận thư quảng cáo?" in page
    assert _ADDRESS not in page
    assert not Suppression.objects.exists()

    answer = robot.post(path, {"List-Unsubscribe": "One-Click"})

    assert (answer.status_code, answer.headers["X-Robots-Tag"]) == (200, "noindex")
    assert "Không còn thư quảng cáo" in answer.content.decode()
    assert contact_permission(customer, Channel.EMAIL, Purpose.MARKETING).rule == "refused"
    held = stand(made)
    assert (held.state, held.refused_channels, held.refused_by) == ("GIVEN", ["EMAIL"], "LINK")


def test_pressed_again_it_says_since_when(cast: Cast, customer: int, consent: Make) -> None:
    consent(channels=["EMAIL"])
    path = _advertised(cast, customer)
    Client().post(path)
    first = Suppression.objects.get().refused_at

    Client().post(path)
    page = Client().get(path).content.decode()

    assert Suppression.objects.get().refused_at == first
    assert "không nhận quảng cáo" in page
    assert "<form method" not in page


def test_speaks_english_as_well(cast: Cast, customer: int, consent: Make) -> None:
    consent(channels=["EMAIL"])

    client, path = Client(), _advertised(cast, customer)
    link = re.search(r'href="(/language/en[^"]+)"', client.get(path).content.decode())
    assert link

    page = client.get(html.unescape(link[1]), follow=True).content.decode()

    assert "Stop advertising by mail?" in page


def test_of_two_addresses_the_other_one_stays_open(cast: Cast, text: Make, consent: Make) -> None:
    values = {"name": "Công ty Hai Thư", "kind": "ORGANISATION", "emails": [_ADDRESS, "ke@example.com"]}
    firm = standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id
    made = consent(party=firm, channels=["EMAIL"])

    Client().post(_advertised(cast, firm))

    assert stand(made).state == "GIVEN"
    assert contact_permission(firm, Channel.EMAIL, Purpose.MARKETING).addresses == ("ke@example.com",)


@pytest.mark.parametrize("change", ["cut", "other", "empty", "words"])
def test_a_link_that_is_not_ours_opens_nothing(change: str) -> None:
    token = token_of(_ADDRESS)
    broken = {
        "cut": token[:-3],
        "other": ("A" if token[0] != "A" else "B") + token[1:],
        "empty": "=",
        "words": "từ-chối",
    }[change]

    assert mac_in(broken) is None
    answer = Client().post(f"/refuse/{broken}")

    assert answer.status_code == 404
    assert not Suppression.objects.exists()
