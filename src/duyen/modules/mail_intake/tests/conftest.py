"""What the tests of leads by mail share: the real server of the tests of mail, and a mailbox on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from duyen.modules.mail_intake.actions import Terms, set_up
from duyen.modules.messaging.actions.mailboxes import Given
from duyen.modules.messaging.models import Mailbox
from duyen.modules.messaging.tests.conftest import certificate, imap_server, inbox, read
from duyen.modules.messaging.tests.servers import PASSWORD, Dovecot
from duyen.modules.messaging.words import Use
from duyen.testing.cast import Cast

__all__ = ["certificate", "imap_server", "inbox", "read"]

SetUp = Callable[..., Mailbox]


@pytest.fixture
def connect(cast: Cast, imap_server: Dovecot, inbox: str) -> SetUp:
    """Connect the box of a test as the one from which leads come."""

    def connect_one(*, by: str = "admin", **changed: Any) -> Mailbox:
        terms: dict[str, Any] = {"source": "EMAIL", "purpose": "ADVICE", "unit_id": cast.unit("HP").pk}
        given = Given(
            address="leads@company.example.com",
            imap_host="localhost",
            imap_port=imap_server.port,
            username=inbox,
            password=PASSWORD,
        )
        set_up(Terms(**{**terms, **changed}), given, actor=cast.actor(by))
        return Mailbox.objects.get(use=Use.LEADS.value, gone_at=None)

    return connect_one
