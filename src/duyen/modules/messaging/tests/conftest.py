"""What the tests of mail share: real servers on this machine, connected boxes, a customer to write to."""

from __future__ import annotations

import datetime as dt
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.modules.messaging.actions import mailboxes, reading, save_mailbox
from duyen.modules.messaging.models import Mailbox
from duyen.modules.messaging.tests import servers
from duyen.modules.messaging.tests.servers import PASSWORD, Dovecot, Smtp
from duyen.modules.messaging.words import Security
from duyen.testing.cast import Cast

NO_DOVECOT = "no dovecot was found"

Connect = Callable[..., Mailbox]


@pytest.fixture(scope="session")
def imap_server() -> Iterator[Dovecot]:
    """Run dovecot once for the session; each test takes boxes of its own."""
    if not servers.DOVECOT:
        pytest.skip(NO_DOVECOT)
    folder = Path(tempfile.mkdtemp(prefix="duyen-mail-"))
    users = [f"box{number}" for number in range(200)]
    try:
        with servers.dovecot(folder, *users) as running:
            yield running
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def certificate() -> Iterator[tuple[Path, Path]]:
    """Make a certificate for an SMTP server."""
    folder = Path(tempfile.mkdtemp(prefix="duyen-mail-"))
    try:
        yield servers.make_certificate(folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def smtp_server(certificate: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> Iterator[Smtp]:
    """Run a mail server that takes mail."""
    _trust(monkeypatch, certificate[0])
    with servers.smtp(*certificate) as running:
        yield running


@pytest.fixture
def company_server(smtp_server: Smtp, settings: Settings) -> Smtp:
    """Let the company send by the server."""
    settings.EMAIL_HOST, settings.EMAIL_PORT = "localhost", smtp_server.port
    settings.EMAIL_USE_TLS, settings.EMAIL_HOST_USER = True, ""
    settings.DEFAULT_FROM_EMAIL = "Sao Biển <info@company.example.com>"
    return smtp_server


def _trust(monkeypatch: pytest.MonkeyPatch, *certificates: Path) -> None:
    """Let this machine's own servers be used, and their certificates be believed."""
    monkeypatch.setenv("DUYEN_MAIL_HOSTS", "localhost")
    held = os.environ.get("DUYEN_MAIL_CA", "")
    bundle = Path(tempfile.mkdtemp(prefix="duyen-mail-")) / "trusted.pem"
    known = Path(held).read_text() if held else ""
    bundle.write_text(known + "".join(each.read_text() for each in certificates))
    monkeypatch.setenv("DUYEN_MAIL_CA", str(bundle))


_taken = iter(range(200))


@pytest.fixture
def inbox(imap_server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> str:
    """Give the name of an empty box on the server."""
    _trust(monkeypatch, imap_server.certificate)
    return f"box{next(_taken)}"


@pytest.fixture
def other_inbox(inbox: str) -> str:
    """Give the name of another empty box on the server."""
    return f"box{next(_taken)}"


@pytest.fixture
def connect(cast: Cast, imap_server: Dovecot, monkeypatch: pytest.MonkeyPatch) -> Connect:
    """Connect a box: of the company, or of one of the cast."""

    def connect_one(
        user: str, *, who: str = "", since: dt.date | None = None, smtp: Smtp | None = None
    ) -> Mailbox:
        given = mailboxes.Given(
            address=f"{user}@company.example.com",
            imap_host="localhost",
            imap_port=imap_server.port,
            username=user,
            password=PASSWORD,
            since=since,
            smtp_host="localhost" if smtp else "",
            smtp_port=smtp.port if smtp else 587,
            smtp_security=Security.STARTTLS,
        )
        owner = cast.users[who].pk if who else None
        return save_mailbox(owner, given, actor=cast.actor(who or "admin"))

    return connect_one


@pytest.fixture
def read() -> Callable[[Mailbox], None]:
    """Read a box to its end, as the worker does."""

    def read_all(box: Mailbox) -> None:
        while reading.read(box.pk):
            pass

    return read_all


@pytest.fixture
def customer(cast: Cast) -> int:
    """A customer of the seller, with an address."""
    values = {
        "name": "Công ty TNHH Vận tải Hải Long",
        "kind": "ORGANISATION",
        "emails": ["lienhe@hailong.example.com"],
    }
    return standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id


@pytest.fixture
def sign_in(cast: Cast) -> Callable[[str], Client]:
    """Open a browser as one of the cast."""

    def open_as(who: str) -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return open_as


def mail(
    *,
    sender: str = "Khách lạ <khach@stranger.example.com>",
    to: str = "info@company.example.com",
    subject: str = "Hỏi giá",
    text: str = "Cho tôi hỏi giá gói cước.",
    message_id: str = "",
    more: str = "",
) -> bytes:
    """Write a plain mail as it arrives."""
    from email.header import Header

    head = [
        f"From: {sender}" if sender.isascii() else _from(sender),
        f"To: {to}",
        f"Subject: {Header(subject, 'utf-8').encode()}",
        f"Message-ID: {message_id or f'<{os.urandom(8).hex()}@stranger.example.com>'}",
        f"Date: {dt.datetime.now(dt.UTC):%a, %d %b %Y %H:%M:%S} +0000",
        "MIME-Version: 1.0",
    ]
    if "Content-Type" not in more:
        head += ["Content-Type: text/plain; charset=utf-8", "Content-Transfer-Encoding: 8bit"]
    return ("\r\n".join([*head, *more.splitlines()]) + "\r\n\r\n" + text.replace("\n", "\r\n")).encode()


def _from(sender: str) -> str:
    from email.header import Header
    from email.utils import parseaddr

    name, address = parseaddr(sender)
    return f"From: {Header(name, 'utf-8').encode()} <{address}>"
