"""Filing mail: what arrives in the company's mailbox is decided, kept and put on timelines, by the set.

The mails are made here and handed over as a reader of a mailbox gets them, head first, so that the time is
that of Duyên and its database and none of a mail server's. Seven of ten come from a customer's address, two
answer a mail that was filed, one comes from a stranger.
"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from django.db import transaction

from duyen.bench.measuring import counted, percentile
from duyen.bench.peak import peak_mb
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.kernel.clock import now
from duyen.modules.messaging.actions.past import company_box
from duyen.modules.messaging.actions.reading import CHUNK, file
from duyen.modules.messaging.queries import mailbox_of
from duyen.modules.messaging.servers.imap import Head
from duyen.modules.messaging.words import MailState
from duyen.surfaces.cli import console

#: So often the state of things is noted on the way.
_STEPS = 10
_BODY = "Chào anh chị,\n\nĐường truyền ở cửa hàng hôm nay chậm, nhờ kiểm tra giúp.\n\n" + "Trân trọng.\n" * 20


@dataclass
class Filed:
    """What each set of mails took: seconds, of them on our CPU, statements; the memory after each tenth."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    statements: list[int] = field(default_factory=list)
    sizes: list[int] = field(default_factory=list)
    memory_mb: list[float] = field(default_factory=list)
    filed: int = 0

    def take(self, box: Any, mails: Sequence[tuple[int, bytes]]) -> None:
        """File one set as a reader of a mailbox does."""
        whole = dict(mails)
        heads = [Head(uid, len(data), now(), _head_of(data)) for uid, data in mails]
        with counted() as count:
            began, cpu_began = time.perf_counter(), time.process_time()
            kept = file(box, heads, lambda uids: {each: whole[each] for each in uids})
            self.seconds.append(time.perf_counter() - began)
            self.cpu.append(time.process_time() - cpu_began)
        self.statements.append(count.statements)
        self.filed += sum(each.state == MailState.FILED for each in kept)
        self.sizes.append(len(mails))


def measure_mail(messages: int) -> str:
    """File mails, as many at once as a reader takes, and give the table.

    Each run files mails of its own into the same folder, so that it can be measured as often as one likes.
    """
    rows = entity_named("customers").model._default_manager.exclude(emails=[]).order_by("pk")
    addresses = [emails[0] for emails in rows.values_list("emails", flat=True)[:5_000]]
    box = _box()
    told = Filed()
    coming = _mails(addresses, messages)
    step, done = max(1, messages // _STEPS), 0
    while some := list(islice(coming, CHUNK)):
        told.take(box, some)
        done += len(some)
        if done // step > len(told.memory_mb):
            told.memory_mb.append(peak_mb())
            console.tell_progress(f"{done:,} mails, {done / sum(told.seconds):.0f} a second")
    return _table(told)


def _head_of(data: bytes) -> bytes:
    return data.partition(b"\r\n\r\n")[0] + b"\r\n\r\n"


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


def _table(told: Filed) -> str:
    mails = sum(told.sizes)
    each = [seconds / size * 1000 for seconds, size in zip(told.seconds, told.sizes, strict=True)]
    tenth = max(1, len(each) // 10)
    cells = {
        "Mails": f"{mails:,}",
        "Filed": f"{told.filed:,}",
        "A second": f"{mails / sum(told.seconds):.0f}",
        "Each, ms": f"{sum(told.seconds) / mails * 1000:.1f}",
        "Each, web CPU": f"{sum(told.cpu) / mails * 1000:.1f}",
        "Statements each": f"{sum(told.statements) / mails:.2f}",
        f"{max(told.sizes)} at once p95, ms": f"{percentile(told.seconds, 95) * 1000:.0f}",
        "First tenth, each": f"{percentile(each[:tenth], 50):.1f}",
        "Last tenth, each": f"{percentile(each[-tenth:], 50):.1f}",
        "Memory after a tenth, MB": f"{told.memory_mb[0]:.0f}",
        "At the end, MB": f"{told.memory_mb[-1]:.0f}",
    }
    rows = [cells, dict.fromkeys(cells, "--:")]
    lines = [list(cells), *([*row.values()] for row in reversed(rows))]
    return "\n".join(["## Mail filed", "", *(f"| {' | '.join(line)} |" for line in lines), ""])
