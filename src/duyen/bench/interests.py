"""Fill the benchmark's customers with leads of three years: new ones, those worked on, given up, customers.

Rows go in by COPY with the trail open, each with the unverified party that intake makes, so that matching
has as many keys to look through as a base that took them in one by one. One in eight has the phone of a
customer, one in twenty that of another lead; who became a customer was joined with one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from random import Random
from typing import Any

from django.db import transaction

from duyen.bench import people
from duyen.bench.filling import Say, bench_actor
from duyen.entities.registry import entity_named
from duyen.entities.standard import into_bin
from duyen.entities.writing import insert_rows, next_ids, stored_fields
from duyen.foundation.access.words import Door
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.modules.leads.matching import ends_of
from duyen.modules.leads.words import LeadState
from duyen.modules.parties.actions import know_unverified

CHUNK = 10_000
_SPAN_SECONDS = 3 * 365 * 86_400
#: Leads are drawn beside so many customers, evenly from the whole table.
_BESIDE = 20_000
_STATES = {
    LeadState.NEW: 5, LeadState.ASSIGNED: 4, LeadState.CONTACTED: 8, LeadState.QUALIFIED: 5,
    LeadState.NURTURING: 8, LeadState.DISQUALIFIED: 45, LeadState.CONVERTED: 25,
}  # fmt: skip
_SOURCES = {"WEB": 24, "FACEBOOK": 18, "ZALO": 14, "HOTLINE": 12, "REFERRAL": 12, "EVENT": 10, "STORE": 10}
_REASONS = {"NO_NEED": 30, "PRICE": 25, "WRONG_NUMBER": 15, "LOCKED_IN": 20, "DUPLICATE": 10}
_TEMPERATURES = {"HOT": 15, "WARM": 60, "COLD": 25}
_STAMPS = ("created_at", "updated_at", "source_channel")
Row = dict[str, Any]


def fill_leads(rows: int, *, say: Say) -> int:
    """Add leads until there are `rows`; gives how many were added."""
    model: Any = entity_named("leads").model
    there: int = model._default_manager.count()
    if there >= rows:
        return 0
    beside = _customers()
    for first in range(there, rows, CHUNK):
        last = min(first + CHUNK, rows)
        with transaction.atomic():
            trail.begin(bench_actor(), "bench.fill")
            _chunk(range(first, last), beside)
        say(f"{last:,} of {rows:,} leads")
    return rows - there


def _customers() -> Sequence[Mapping[str, Any]]:
    """Draw customers from all over the table, by ids that lie evenly apart."""
    found = entity_named("customers").model._default_manager.filter(role_mask=1).order_by("pk")
    first, last = found.values_list("pk", flat=True)[0], found.reverse().values_list("pk", flat=True)[0]
    ids = range(first, last + 1, max(1, (last - first) // _BESIDE))
    columns = ("id", "phones", "owner_id", "unit_id", "code_unit_id", "ward_code", "province_code")
    return list(found.filter(pk__in=ids).values(*columns))


def _chunk(numbers: range, beside: Sequence[Mapping[str, Any]]) -> None:
    """Write some leads and their parties; the same ones for a number of leads that are there, every time."""
    model: Any = entity_named("leads").model
    random = Random(numbers.start)  # noqa: S311 - invented people, not secrets
    blank = {str(each.column): each.get_default() for each in stored_fields(model)}
    leads = [{**blank, **row} for row in _drawn(random, numbers, beside)]
    ends = [(row, *ends_of(row)) for row in leads]
    speakers = [_party(row, speaker) for row, speaker, *_firm in ends]
    firms = [(row, firm) for row, _speaker, *some in ends for firm in some]
    others = [_party(row, firm, part="/2") for row, firm in firms]
    ids = know_unverified([*speakers, *others], alike={"source_channel": Door.CLI.value})
    for row, party in zip(leads, ids, strict=False):
        row["own_party_id"], row["party_id"] = party, party
    for (row, _firm), party in zip(firms, ids[len(leads) :], strict=True):
        row["own_firm_id"], row["firm_id"] = party, party
    for row, row_id in zip(leads, next_ids(model, len(leads)), strict=True):
        row["id"] = row_id
        if row["customer_id"] is not None:
            row["firm_id" if row["company"] else "party_id"] = row["customer_id"]
    insert_rows(model, leads)


def _party(lead: Row, columns: Mapping[str, Any], part: str = "") -> Row:
    """Number a party by its lead; the one of who was joined with a customer lies in the bin."""
    buys = bool(part) or not lead["company"]
    put_away = into_bin(bench_actor(), "") if lead["customer_id"] is not None and buys else {}
    return {
        **columns,
        **put_away,
        "code": f"{lead['code']}{part}",
        "code_unit_id": lead["code_unit_id"],
        **{name: lead[name] for name in _STAMPS},
    }


def _drawn(random: Random, numbers: range, beside: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    latest, phones = now(), list[str]()
    for number in numbers:
        near = random.choice(beside)
        made = latest - dt.timedelta(seconds=random.randrange(_SPAN_SECONDS))
        state = _one(random, _STATES)
        row: Row = {
            "code": f"B-{number}",
            "name": people.person(random),
            "kind": "INDIVIDUAL",
            "phones": [_phone(random, near, phones)],
            "emails": [f"l{number}@example.com"] if random.random() < 0.4 else [],
            "ward_code": near["ward_code"],
            "province_code": near["province_code"],
            "source": _one(random, _SOURCES),
            "purpose": "ADVICE",
            "temperature": _one(random, _TEMPERATURES),
            "owner_id": None if state is LeadState.NEW else near["owner_id"],
            "unit_id": near["unit_id"],
            "code_unit_id": near["code_unit_id"],
            "created_at": made,
            "updated_at": made,
            "source_channel": Door.CLI.value,
            **_life(random, state, made, latest, near["id"]),
        }
        if random.random() < 0.15:
            row |= {"company": f"Công ty TNHH {people.person(random)} {number}", "kind": "ORGANISATION"}
        row["raw"] = {name: row[name] for name in ("name", "phones", "source")}
        yield row


def _phone(random: Random, near: Mapping[str, Any], phones: list[str]) -> str:
    chance = random.random()
    if chance < 0.12:
        return str(near["phones"][0])
    if chance < 0.17 and phones:
        return random.choice(phones)
    phones.append(f"+8436{random.randrange(10**7):07}")
    return phones[-1]


def _life(random: Random, state: LeadState, made: dt.datetime, latest: dt.datetime, customer: int) -> Row:
    """Give the columns of how far a lead came, and when."""
    spoken, since = _later(random, made, latest, hours=10), _later(random, made, latest, hours=24 * 40)
    columns: Row = {"state": state.value, "state_since": made, "customer_id": None}
    if state is LeadState.NEW:
        return columns
    due = {
        "assigned_at": made,
        "first_due_at": made + dt.timedelta(hours=8),
        "reclaim_at": made + dt.timedelta(hours=16),
    }
    if state is LeadState.ASSIGNED:
        return {**columns, **due}
    columns |= {**due, "first_response_at": spoken, "state_since": since}
    if state is LeadState.NURTURING:
        columns["next_action_on"] = (latest + dt.timedelta(days=random.randrange(1, 120))).date()
    elif state is LeadState.DISQUALIFIED:
        columns["disqualify_reason"] = _one(random, _REASONS)
    elif state is LeadState.CONVERTED:
        columns |= {"customer_id": customer, "converted_at": since}
    return columns


def _later(random: Random, made: dt.datetime, latest: dt.datetime, *, hours: int) -> dt.datetime:
    return min(latest, made + dt.timedelta(minutes=random.randrange(5, hours * 60)))


def _one(random: Random, shares: Mapping[Any, int]) -> Any:
    return random.choices(list(shares), cum_weights=list(accumulate(shares.values())))[0]
