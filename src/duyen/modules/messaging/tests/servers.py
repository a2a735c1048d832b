"""Real mail servers on this machine: dovecot for IMAP, aiosmtpd for SMTP, with certificates of their own."""

from __future__ import annotations

import datetime as dt
import getpass
import grp
import imaplib
import ipaddress
import os
import pwd
import shutil
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOST = "localhost"
DOVECOT = shutil.which("dovecot", path=f"{os.environ.get('PATH', '')}:/usr/sbin:/usr/local/sbin") or ""
PASSWORD = "mật khẩu của hộp thư"


def free_port() -> int:
    with socket.socket() as link:
        link.bind(("127.0.0.1", 0))
        return int(link.getsockname()[1])


def make_certificate(folder: Path, *, host: str = HOST) -> tuple[Path, Path]:
    """Make a certificate that signs itself, for `host` alone; gives the places of certificate and key."""
    key = ec.generate_private_key(ec.SECP256R1())
    # Two that sign themselves under one name are taken for each other.
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, f"{host} {folder.name}"[:60])])
    moment = dt.datetime.now(dt.UTC)
    names: list[x509.GeneralName] = [x509.DNSName(host)]
    if host == HOST:
        names.append(x509.IPAddress(ipaddress.ip_address("127.0.0.1")))
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(moment - dt.timedelta(days=1))
        .not_valid_after(moment + dt.timedelta(days=2))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    certificate, private = folder / f"{host}.pem", folder / f"{host}.key"
    certificate.write_bytes(made.public_bytes(serialization.Encoding.PEM))
    private.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return certificate, private


@dataclass(frozen=True)
class Dovecot:
    """A running dovecot: `port` speaks TLS at once, `plain_port` secures itself by STARTTLS."""

    folder: Path
    port: int
    plain_port: int
    certificate: Path

    @contextmanager
    def owner(self, user: str) -> Iterator[imaplib.IMAP4_SSL]:
        """Sign in as the mailbox's owner, to put mails in and to change numberings."""
        context = ssl.create_default_context(cafile=str(self.certificate))
        link = imaplib.IMAP4_SSL("localhost", self.port, ssl_context=context)
        link.authenticate("PLAIN", lambda _challenge: f"\0{user}\0{PASSWORD}".encode())
        try:
            yield link
        finally:
            link.logout()

    def deliver(self, user: str, *mails: bytes, at: dt.datetime | None = None, folder: str = "INBOX") -> None:
        """Put mails into a box as if they had arrived."""
        with self.owner(user) as link:
            for each in mails:
                stamp = imaplib.Time2Internaldate(at or dt.datetime.now(dt.UTC))
                kind, said = link.append(folder, "", stamp, each)
                assert kind == "OK", said

    def renumber(self, user: str) -> None:
        """Number the mails of a box anew, as a server does after its index was lost or it was moved."""
        box = self.folder / "mail" / user
        listed = box / "dovecot-uidlist"
        if listed.exists():
            lines = listed.read_text().splitlines()
            head = lines[0].split()
            validity = next(int(each[1:]) for each in head if each.startswith("V"))
            lines[0] = " ".join(f"V{validity + 7}" if each.startswith("V") else each for each in head)
            kept = [f"{5000 + at} {line.split(' ', 1)[1]}" for at, line in enumerate(lines[1:], 1)]
            lines[0] = " ".join(
                f"N{5001 + len(kept)}" if each.startswith("N") else each for each in lines[0].split()
            )
            listed.write_text("\n".join([lines[0], *kept]) + "\n")
        for index in box.glob("dovecot.index*"):
            index.unlink()


@contextmanager
def dovecot(folder: Path, *users: str) -> Iterator[Dovecot]:
    """Run dovecot in a folder of its own for some users with empty boxes."""
    certificate, key = make_certificate(folder)
    port, plain_port = free_port(), free_port()
    (folder / "mail").mkdir()
    (folder / "users").write_text("".join(f"{user}:{{PLAIN}}{PASSWORD}\n" for user in users))
    config = folder / "dovecot.conf"
    config.write_text(_config(folder, port, plain_port, certificate, key))
    if os.geteuid() == 0:
        shutil.chown(folder / "mail", "nobody")
        folder.chmod(0o755)
    process = subprocess.Popen([DOVECOT, "-F", "-c", str(config)])
    try:
        _wait_for(port, process)
        yield Dovecot(folder, port, plain_port, certificate)
    finally:
        process.terminate()
        process.wait(20)


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    for _time in range(200):
        if process.poll() is not None:
            break
        with socket.socket() as link:
            if link.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("dovecot did not start")


def _config(folder: Path, port: int, plain_port: int, certificate: Path, key: Path) -> str:
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        uid, gid, own = nobody.pw_uid, nobody.pw_gid, ""
    else:
        uid, gid = os.getuid(), os.getgid()
        me, group = getpass.getuser(), grp.getgrgid(gid).gr_name
        own = f"default_internal_user = {me}\ndefault_login_user = {me}\ndefault_internal_group = {group}\n"
    return f"""{own}base_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = required
ssl_cert = <{certificate}
ssl_key = <{key}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
first_valid_gid = 1
auth_mechanisms = plain login
auth_failure_delay = 0
passdb {{
  driver = passwd-file
  args = scheme=PLAIN {folder}/users
}}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
namespace inbox {{
  inbox = yes
}}
service anvil {{
  chroot =
}}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {plain_port}
  }}
  inet_listener imaps {{
    port = {port}
    ssl = yes
  }}
}}
service stats {{
  chroot =
}}
"""


@dataclass
class Taking:
    """What the SMTP server took, and what it is told to answer.

    `refuse` are addresses that it does not know, `answer` is what it says instead of taking a mail.
    """

    taken: list[tuple[str, list[str], bytes]] = field(default_factory=list)
    refuse: dict[str, str] = field(default_factory=dict)
    answer: str = ""
    hangs_up: bool = False

    async def handle_RCPT(
        self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        if address in self.refuse:
            return self.refuse[address]
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server: Any, _session: Any, envelope: Any) -> str:
        if self.answer:
            return self.answer
        self.taken.append((envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.content)))
        if self.hangs_up:
            server.transport.abort()
        return "250 taken"


@dataclass(frozen=True)
class Smtp:
    """A running SMTP server that takes one name and password."""

    port: int
    said: Taking


@contextmanager
def smtp(certificate: Path, key: Path, *, user: str = "") -> Iterator[Smtp]:
    """Run a server that secures itself by STARTTLS and asks for a password where `user` is named."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificate, key)

    def judge(_server: Any, _session: Any, _envelope: Any, _mechanism: Any, given: Any) -> AuthResult:
        is_known = isinstance(given, LoginPassword) and given.login.decode() == user
        is_right = is_known and given.password.decode() == PASSWORD
        return AuthResult(success=is_right, handled=False)

    handler, port = Taking(), free_port()
    wanted: dict[str, Any] = {"authenticator": judge, "auth_required": True} if user else {}
    controller = Controller(
        handler, hostname="127.0.0.1", port=port, tls_context=context, require_starttls=True, **wanted
    )
    controller.start()
    try:
        yield Smtp(port, handler)
    finally:
        controller.stop()
