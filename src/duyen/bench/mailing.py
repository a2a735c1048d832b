"""Filing mail: what arrives in the company's mailbox is decided, kept and put on timelines, one by one.

The mails are made here and handed over as a reader of a mailbox gets them, head first, so that the time is
that of Duyên and its database and none of a mail server's. Seven of ten come from a customer's address, two
answer a mail that was filed, one comes from a stranger.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from duyen.bench.measuring import percentile
from duyen.bench.peak import peak_mb
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.kernel.clock import now
from duyen.modules.messaging.actions.arriving import arrive
from duyen.modules.messaging.actions.past import company_box
from duyen.modules.messaging.queries import mailbox_of
from duyen.modules.messaging.servers.imap import Head
from duyen.modules.messaging.words import MailState
from duyen.surfaces.cli import console

#: So often the state of things is noted on the way.
_STEPS = 10
_BODY = "Chào anh chị,\n\nĐường truyền ở cửa hàng hôm nay chậm, nhờ kiểm tra giúp.\n\n" + "Trân trọng.\n" * 20


@dataclass
class Filed:
    """What it took: seconds of each mail, and the memory in use after each tenth of them."""

    seconds: list[float] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    filed: int = 0


def measure_mail(messages: int) -> str:
    """File mails and give the table."""
    rows = entity_named("customers").model._default_manager.exclude(emails=[]).order_by("pk")
    addresses = [emails[0] for emails in rows.values_list("emails", flat=True)[:5_000]]
    box = _box()
    told = Filed()
    step = max(1, messages // _STEPS)
    for number, (uid, data) in enumerate(_mails(addresses, messages), 1):
        head = Head(uid, len(data), now(), data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n")
        before = time.perf_counter()
        kept = arrive(box, head, lambda data=data: data)  # type: ignore[misc]
        told.seconds.append(time.perf_counter() - before)
        told.filed += kept is not None and kept.state == MailState.FILED
        if number % step == 0:
            told.memory_mb.append(peak_mb())
            console.tell_progress(f"{number:,} mails, {peak_mb():.0f} MB")
    return _table(messages, told)


def _box() -> Any:
    """Take the company's mailbox, or make one that is switched off."""
    kept = mailbox_of(None)
    if kept is not None:
        return kept
    with transaction.atomic():
        return company_box("info@example.com", actor=system_actor("bench"))


def _mails(addresses: list[str], count: int) -> Iterator[tuple[int, bytes]]:
    stamp = f"{dt.datetime.now(dt.UTC):%a, %d %b %Y %H:%M:%S} +0000"
    run = time.time_ns()
    for number in range(count):
        kind = number % 10
        sender = addresses[number % len(addresses)] if kind < 9 else f"la{number}@stranger.example.com"
        before = f"In-Reply-To: <{run}.{number - 5}@bench>\r\n" if kind in (7, 8) else ""
        yield (
            number + 1,
            (
                f"From: Khach <{sender}>\r\nTo: info@example.com\r\n"
                f"Subject: Thu {number}\r\nDate: {stamp}\r\n"
                f"Message-ID: <{run}.{number}@bench>\r\n{before}MIME-Version: 1.0\r\n"
                "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n" + _BODY
            ).encode(),
        )


def _table(messages: int, told: Filed) -> str:
    tenth = max(1, len(told.seconds) // 10)
    first, last = told.seconds[:tenth], told.seconds[-tenth:]
    p50, p95 = (percentile(told.seconds, share) * 1000 for share in (50, 95))
    return "\n".join(
        [
            "## Mail filed",
            "",
            "| Mails | Filed | A second | p50, ms | p95, ms | First tenth p50, ms | Last tenth p50, ms "
            "| Memory after a tenth, MB | At the end, MB |",
            "|--:|--:|--:|--:|--:|--:|--:|--:|--:|",
            f"| {messages:,} | {told.filed:,} | {messages / sum(told.seconds):.0f} | {p50:.1f} | {p95:.1f} "
            f"| {percentile(first, 50) * 1000:.1f} | {percentile(last, 50) * 1000:.1f} "
            f"| {told.memory_mb[0]:.0f} | {told.memory_mb[-1]:.0f} |",
            "",
        ]
    )
