"""Leads that come in: so many a second through a web form and through REST, alone and with matching.

Each is a request through every middleware. A form is opened first, as a visitor does, and sent when people
would have had the time; forms and callers are many, because one takes only so much from one of them.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db import connection, connections
from django.http import HttpResponse
from django.test import Client
from django.utils.crypto import get_random_string

from duyen.bench.filling import Cast, Say
from duyen.bench.measuring import Count, WentWrong, percentile
from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.org.models import Unit, User
from duyen.modules.leads import matching, queries

_TOKEN = re.compile(rb'name="page" value="([^"]+)"')
#: So many are sent through one form before it takes no more in this hour, and so fast nobody fills one in.
_PER_FORM, _QUICKEST_SECONDS = 500, 2.1


@dataclass(frozen=True)
class Speed:
    """How fast one way in took leads: how many, in how many threads, seconds in all, milliseconds each."""

    label: str
    threads: int
    count: int
    seconds: float
    p50: float
    p95: float
    statements: float

    @property
    def a_second(self) -> float:
        return self.count / self.seconds if self.seconds else 0.0


@dataclass(frozen=True)
class _Page:
    """One opened page of a form: where it is sent, what it carries, from which address."""

    address: str
    token: str
    network: str


def measure_intake(
    cast: Cast, phones: Sequence[str], *, count: int, threads: Sequence[int] = (1,), say: Say
) -> list[Speed]:
    """Take in `count` leads by each way and number of threads; `phones` are those of customers."""
    director = actor_for(User.objects.get(pk=cast.everything), Door.WEB)
    given = _given(phones)
    found = []
    for width in threads:
        forms = _forms(director, -(-count // _PER_FORM))
        pages: list[_Page] = []
        opening = [_opens(forms[place % len(forms)], pages) for place in range(count)]
        found.append(_timed("web form, opened", opening, width))
        # Whoever sends it faster than this is taken for a machine.
        time.sleep(_QUICKEST_SECONDS)
        sending = [_sends(page, next(given)) for page in pages]
        found.append(_timed("web form, sent", sending, width))
        for label, matches in (("REST", False), ("REST, and whom it may be", True)):
            posting = [_posts(cast.everything, next(given), director, matches=matches) for _ in range(count)]
            found.append(_timed(label, posting, width))
        for each in found[-4:]:
            told = f"{each.a_second:.0f} a second, {each.p50:.1f} and {each.p95:.1f} ms"
            say(f"{each.label}, {each.threads} at once: {told}")
    return found


def _given(phones: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Give what people fill in; one in eight has the phone of a customer."""
    run, number = get_random_string(6), 0
    while True:
        number += 1
        known = number % 8 == 0 and phones
        phone = phones[number % len(phones)] if known else f"037{(time.time_ns() + number) % 10**7:07}"
        need = "Lắp mạng cho quán cà phê"
        yield {"name": f"Phạm Thị Mai {run} {number}", "phones": phone, "need": need}


def _forms(director: Actor, count: int) -> list[str]:
    """Open forms to the public, and give their addresses."""
    unit = Unit.objects.filter(kind="BRANCH").order_by("pk").values_list("pk", flat=True)[0]
    values = {
        "name": "Đo tốc độ", "title": "Đăng ký lắp mạng", "asked": ["PHONE", "NEED"], "needed": ["PHONE"],
        "source": "WEB", "purpose": "ADVICE", "privacy": "Chỉ để đo tốc độ.", "unit": unit,
    }  # fmt: skip
    entity = entity_named("web_forms")
    ids = [standard.create(entity, actor=director, values=values).id for _number in range(count)]
    keys = entity.model._default_manager.filter(pk__in=ids).order_by("pk").values_list("key", flat=True)
    return [f"/f/{key}" for key in keys]


# --- one request each ----------------------------------------------------------------------------------


def _opens(address: str, pages: list[_Page]) -> Callable[[Client], None]:
    def work(client: Client) -> None:
        network = f"10.{time.time_ns() % 250}.{len(pages) // 250 % 250}.{len(pages) % 250}"
        answer = client.get(address, REMOTE_ADDR=network)
        token = _TOKEN.search(_wanted(answer, 200))
        if token is None:
            raise WentWrong(f"GET {address}: there is no page to send")
        pages.append(_Page(address, token[1].decode(), network))

    return work


def _sends(page: _Page, given: dict[str, Any]) -> Callable[[Client], None]:
    def work(client: Client) -> None:
        answer = client.post(page.address, {**given, "page": page.token}, REMOTE_ADDR=page.network)
        _wanted(answer, 302)

    return work


def _posts(
    user_id: int, given: dict[str, Any], director: Actor, *, matches: bool
) -> Callable[[Client], None]:
    body = json.dumps({**given, "phones": [given["phones"]], "source": "WEB", "purpose": "ADVICE"})

    def work(client: Client) -> None:
        if settings.SESSION_COOKIE_NAME not in client.cookies:
            client.force_login(User.objects.get(pk=user_id))
        answer = client.post("/api/v1/leads", body, content_type="application/json")
        made = json.loads(_wanted(answer, 201))
        if matches:
            look(made["id"], director)

    return work


def _wanted(answer: Any, status: int) -> bytes:
    response: HttpResponse = answer
    if response.status_code != status:
        raise WentWrong(f"{response.status_code} {response.content[:300]!r}")
    return response.content


def look(lead_id: int, actor: Actor) -> int:
    """Look whom a lead may be, as its page does; give how many were found."""
    row = entity_named("leads").rows(actor).values().get(pk=lead_id)
    ends = list(queries.ends_by_name(lead_id).values())
    known = matching.known_like(actor, row, ends=ends)
    return len(known) + len(matching.open_like(actor, row, ends=ends))


# --- taking the time -----------------------------------------------------------------------------------


def _timed(label: str, works: Sequence[Callable[[Client], None]], threads: int) -> Speed:
    """Do all works, in threads of their own where there is more than one; each thread has its connection."""
    began = time.perf_counter()
    if threads == 1:
        taken = [_run(works)]
    else:
        with ThreadPoolExecutor(threads) as pool:
            taken = list(pool.map(_run_and_close, [works[place::threads] for place in range(threads)]))
    seconds = time.perf_counter() - began
    times = [each for some, _statements in taken for each in some]
    statements = sum(count for _some, count in taken) / max(1, len(times))
    return Speed(
        label, threads, len(times), seconds, percentile(times, 50), percentile(times, 95), statements
    )


def _run(works: Sequence[Callable[[Client], None]]) -> tuple[list[float], int]:
    client, times, count = Client(), list[float](), Count()
    with connection.execute_wrapper(count):
        for work in works:
            began = time.perf_counter()
            work(client)
            times.append((time.perf_counter() - began) * 1000)
    return times, count.statements


def _run_and_close(works: Sequence[Callable[[Client], None]]) -> tuple[list[float], int]:
    try:
        return _run(works)
    finally:
        connections.close_all()


def told(speeds: Sequence[Speed]) -> list[str]:
    """Write one row for each way in."""
    lines = ["| Way in | At once | Leads | A second | p50, ms | p95, ms | Statements each |"]
    lines.append("|---|--:|--:|--:|--:|--:|--:|")
    for each in speeds:
        cells = (each.label, f"{each.threads}", f"{each.count:,}", f"{each.a_second:.0f}", f"{each.p50:.1f}",
                 f"{each.p95:.1f}", f"{each.statements:.1f}")  # fmt: skip
        lines.append("| " + " | ".join(cells) + " |")
    return lines
