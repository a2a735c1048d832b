"""What the tests of leads by mail share: the real server of the tests of mail, and a mailbox on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duyen.modules.mail_intake.actions import Terms
from duyen.modules.mail_intake.actions import connect as connect_box
from duyen.modules.messaging.actions.mailboxes import Given
from duyen.modules.messaging.models import Mailbox
from duyen.modules.messaging.tests.conftest import certificate, imap_server, inbox, other_inbox, read
from duyen.modules.messaging.tests.servers import PASSWORD, Dovecot
from duyen.modules.messaging.words import Use
from duyen.testing.cast import Cast

__all__ = ["certificate", "imap_server", "inbox", "other_inbox", "read"]

SetUp = Callable[..., Mailbox]


@pytest.fixture
def connect_at(cast: Cast, imap_server: Dovecot) -> SetUp:
    """Connect a box of the server as one from which leads come."""

    def connect_one(
        inbox: str, *, by: str = "admin", address: str = "leads@company.example.com", **changed: Any
    ) -> Mailbox:
        terms: dict[str, Any] = {"source": "EMAIL", "purpose": "ADVICE", "unit_id": cast.unit("HP").pk}
        given = Given(
            address=address,
            imap_host="localhost",
            imap_port=imap_server.port,
            username=inbox,
            password=PASSWORD,
        )
        box_id = connect_box(Terms(**{**terms, **changed}), given, actor=cast.actor(by))
        return Mailbox.objects.get(pk=box_id, use=Use.LEADS.value, gone_at=None)

    return connect_one


@pytest.fixture
def connect(connect_at: SetUp, inbox: str) -> SetUp:
    """Connect the box of a test as one from which leads come."""

    def connect_one(**changed: Any) -> Mailbox:
        return connect_at(inbox, **changed)

    return connect_one


@pytest.fixture
def brand(connect_at: SetUp, other_inbox: str) -> SetUp:
    """Connect another box: that of a brand."""

    def connect_one(**changed: Any) -> Mailbox:
        return connect_at(other_inbox, **{"address": "leads@brand.example.com", **changed})

    return connect_one
