"""What the tests of consents share: a customer, a text, a consent, and short ways to act."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel.clock import now
from duyen.modules.consents.models import Consent
from duyen.testing.cast import Cast

Make = Callable[..., int]
Take = Callable[..., Any]


@pytest.fixture
def customer(cast: Cast) -> int:
    """A customer of the seller, with a phone and an e-mail address."""
    values = {
        "name": "Nguyễn Thị Lan",
        "kind": "INDIVIDUAL",
        "phones": ["0912345678"],
        "emails": ["lan@example.com"],
    }
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


@pytest.fixture
def text(cast: Cast) -> Make:
    """Make a text that asks for consent to advertising, as the director."""

    def make(**values: object) -> int:
        given = {
            "name": "Nhận tin khuyến mại",
            "purpose": "MARKETING",
            "channels": ["EMAIL", "SMS", "CALL"],
            "data_kinds": ["CONTACT"],
            "most": 4,
            "per": "MONTH",
            "valid_months": 24,
            "words": "Tôi đồng ý để công ty gửi tin khuyến mại. Từ chối bất cứ lúc nào.",
            **values,
        }
        return standard.create(entity_named("consent_texts"), actor=cast.actor("director"), values=given).id

    return make


@pytest.fixture
def consent(cast: Cast, customer: int, text: Make) -> Make:
    """Note a consent of the customer's, as the seller unless told otherwise."""

    def make(*, by: str = "seller", **values: object) -> int:
        given = {
            "party": customer,
            "channels": ["EMAIL", "SMS", "CALL"],
            "given_by": "PAPER",
            "evidence": "Phiếu số 12",
            "given_at": (now() - dt.timedelta(days=1)).isoformat(),
            **values,
        }
        given["text"] = given.get("text") or text()
        return standard.create(entity_named("consents"), actor=cast.actor(by), values=given).id

    return make


@pytest.fixture
def take(cast: Cast) -> Take:
    """Take a step on a consent or, by `of`, on another record; as the seller unless told otherwise."""

    def step(verb: str, record_id: int, *, by: str = "seller", of: str = "consents", **asked: Any) -> Any:
        return perform(entity_named(of), verb, record_id, actor=cast.actor(by), arguments=asked)

    return step


def stand(consent_id: int) -> Consent:
    """Give a consent as it stands."""
    return Consent.objects.get(pk=consent_id)
