"""Measure leads: how fast they come in, whom they may be, their lists, pages and reports, beside raw SQL."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from django.db import connection
from django.test.utils import override_settings

from duyen.bench.drawing import inserted
from duyen.bench.filling import Cast, Say
from duyen.bench.intake import look, measure_intake, told
from duyen.bench.interests import fill_leads
from duyen.bench.measuring import Line, Taken, counted, measure, percentile
from duyen.bench.running import filled_or_fill, signed_in
from duyen.bench.table import circumstances, table
from duyen.bench.works import Call, Work
from duyen.entities.filters import Part
from duyen.entities.registry import entity_named
from duyen.entities.reports.declared import all_reports
from duyen.entities.sql import Sql
from duyen.entities.twins.declared import marks
from duyen.entities.views.state import ViewState
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import READ, Door
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect
from duyen.foundation.org.models import User
from duyen.kernel.clock import today
from duyen.modules.leads import matching
from duyen.modules.leads.words import OPEN
from duyen.surfaces.web.pages.state import ListState

_TABLES = ("leads_lead", "parties_party", "entities_twinkey", "history", "web_forms_entry")
_READERS = {"everything": "all", "wide_branch": "branch, 41 units", "own": "own"}
_CARD = "id, name, company, phones, state, temperature, source, first_due_at, owner_id, created_at"
_STANDING = "deleted_at IS NULL"
_IS_OPEN = f"state IN ({', '.join(repr(each.value) for each in OPEN)}) AND {_STANDING}"
_THIS_YEAR = "created_at >= date_trunc('year', now())"
#: What each report asks of the database, written by hand: by what it groups, which leads, which days first.
_BY_HAND = {
    "leads_by_source": ("source, campaign_id", "true", _THIS_YEAR),
    "leads_by_owner": ("owner_id", "true", _THIS_YEAR),
    "leads_given_up": ("disqualify_reason, source", "state = 'DISQUALIFIED'", "true"),
}
#: So many leads come in by each way; from so many customers their phones are taken.
_COMING, _PHONES = 400, 2_000
_THREADS = (1, 4)


def measure_leads(folder: DataFolder, customers: int, rows: int, repeat: int, *, say: Say) -> str:
    """Fill up to `rows` leads beside `customers` customers, measure, and give the tables."""
    cast = filled_or_fill(folder, customers).cast
    if fill_leads(rows, say=say):
        say("Analysing …")
        with connect(owner_address(folder)) as link:
            for each in _TABLES:
                link.execute(f"VACUUM ANALYZE {each}".encode())
    with override_settings(SESSION_COOKIE_SECURE=False, CSRF_COOKIE_SECURE=False):
        speeds = measure_intake(cast, phones_of(_PHONES), count=_COMING, threads=_THREADS, say=say)
        lines = [matching_line(cast, repeat), *measure(lead_works(cast), signed_in, repeat=repeat, say=say)]
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0]).split()[0]
    head = [f"## {rows:,} leads beside {customers:,} customers, {today().isoformat()}", ""]
    head.append(f"{repeat} measurements each, in milliseconds. {circumstances(version)}")
    return "\n".join([*head, "", *told(speeds), "", *table(lines), ""])


def phones_of(count: int) -> list[str]:
    """Give phones of customers."""
    rows = entity_named("customers").model._default_manager.filter(role_mask=1).order_by("pk")
    return [each[0] for each in rows.values_list("phones", flat=True)[:count] if each]


def lead_works(cast: Cast) -> Iterator[Work]:
    """List what is opened of leads, by who opens it."""
    for scope, label in _READERS.items():
        user_id = getattr(cast, scope)
        yield from _list_works(user_id, label)
        yield from _page_works(user_id, label)
        yield from _report_works(user_id, label)
    for key in _reports():
        raw = _report(cast.everything, key, is_narrowed=False)
        yield _page(f"report {key}, all time, all", cast.everything, f"/reports/{key}?period=all", 3_000, raw)
    yield _write(cast)


# --- whom a lead may be --------------------------------------------------------------------------------


def matching_line(cast: Cast, repeat: int) -> Line:
    """Look for those whom a lead may be, many times, beside one statement by the same keys."""
    director = actor_for(User.objects.get(pk=cast.everything), Door.WEB)
    ids = _spread(repeat)
    walls, cpus, raws, statements = list[float](), list[float](), list[float](), 0
    for lead_id in ids:
        by_hand = _by_keys(lead_id)
        with counted() as count:
            began, cpu_began = time.perf_counter(), time.process_time()
            look(lead_id, director)
            walls.append((time.perf_counter() - began) * 1000)
            cpus.append((time.process_time() - cpu_began) * 1000)
        statements = count.statements
        with connection.cursor() as cursor:
            began = time.perf_counter()
            cursor.execute(by_hand.text, by_hand.params)
            cursor.fetchall()
            raws.append((time.perf_counter() - began) * 1000)
    taken = Taken(
        percentile(walls, 50), percentile(walls, 95), percentile(cpus, 50), statements,
        percentile(raws, 50), percentile(raws, 95),
    )  # fmt: skip
    label = f"whom a lead may be, {len(ids)} leads"
    return Line(Work("leads", label, cast.everything, _no_call, lambda: by_hand, 30), taken)


def _no_call() -> Call:
    raise NotImplementedError("matching is measured without a request")


def _spread(count: int) -> list[int]:
    """Give ids of open leads from all over the table."""
    found = entity_named("leads").model._default_manager.order_by("pk")
    first, last = found.values_list("pk", flat=True)[0], found.reverse().values_list("pk", flat=True)[0]
    ids = range(first, last + 1, max(1, (last - first) // (4 * count)))
    is_open = {"pk__in": ids, "state__in": [each.value for each in OPEN]}
    return list(found.filter(**is_open).values_list("pk", flat=True)[:count])


def _by_keys(lead_id: int) -> Sql:
    customers = entity_named("customers")
    row = entity_named("leads").model._default_manager.filter(pk=lead_id).values().get()
    declared = customers.duplicates
    by = declared.by if declared else ()
    keys = [each.number for end in matching.ends_of(row) for each in marks("parties", by, end)]
    text = (
        "SELECT p.id, p.name, p.role_mask FROM entities_twinkey k JOIN parties_party p ON p.id = k.record_id"
        " WHERE k.key = ANY(%s) AND p.deleted_at IS NULL LIMIT 50"
    )
    return Sql(text, (keys,))


# --- lists, pages, reports -----------------------------------------------------------------------------


def _list_works(user_id: int, label: str) -> Iterator[Work]:
    late: Sequence[Part] = (["state", "eq", "ASSIGNED"], ["first_due_at", "lt", "@now"])
    is_late = f"state = 'ASSIGNED' AND first_due_at < now() AND {_STANDING}"
    still_open: Part = ["state", "in", [each.value for each in OPEN]]
    newest = "created_at DESC"
    lists: Mapping[str, tuple[str, str, str]] = {
        "open leads, newest": (_address("open", still_open), _IS_OPEN, newest),
        "queue": (_address("queue", ["state", "eq", "NEW"]), f"state = 'NEW' AND {_STANDING}", newest),
        "first contact overdue": (_address("late", *late), is_late, "first_due_at"),
        "all leads, newest": (_address("all"), _STANDING, newest),
        "all leads by name": (_address("all", sort="name"), _STANDING, "name_key"),
        "leads of one source": (
            _address("all", ["source", "eq", "ZALO"]), f"source = 'ZALO' AND {_STANDING}", newest,
        ),
    }  # fmt: skip
    for words, (address, where, order) in lists.items():
        yield _page(f"{words}, {label}", user_id, address, 40, _rows(user_id, where, order))


def _page_works(user_id: int, label: str) -> Iterator[Work]:
    """Open a lead, the form for a new one, and a customer with leads; a seller of a small base has none."""
    inside, params = _scope(user_id)
    whole = "SELECT * FROM leads_lead WHERE id = %s"
    lead = _one(f"SELECT max(id) FROM leads_lead WHERE {_IS_OPEN}{inside}", *params)
    if lead is not None:
        yield _page(f"a lead, {label}", user_id, f"/leads/{lead}", 60, Sql(whole, (lead,)))
        yield _page(f"a lead by REST, {label}", user_id, f"/api/v1/leads/{lead}", 60, Sql(whole, (lead,)))
    yield _page(f"form for a new lead, {label}", user_id, "/leads/new", 60, Sql("SELECT 1"))
    customer = _one(f"SELECT max(customer_id) FROM leads_lead WHERE customer_id IS NOT NULL{inside}", *params)
    if customer is not None:
        of_one = Sql(f"SELECT {_CARD} FROM leads_lead WHERE customer_id = %s", (customer,))
        yield _page(f"a customer with leads, {label}", user_id, f"/customers/{customer}", 60, of_one)


def _report_works(user_id: int, label: str) -> Iterator[Work]:
    for key in _reports():
        raw = _report(user_id, key, is_narrowed=True)
        yield _page(f"report {key}, {label}", user_id, f"/reports/{key}", 500, raw)


def _reports() -> list[str]:
    """List the reports on leads that are written by hand here."""
    return [each.key for each in all_reports() if each.entity == "leads" and each.key in _BY_HAND]


def _report(user_id: int, key: str, *, is_narrowed: bool) -> Sql:
    by, where, days = _BY_HAND[key]
    inside, params = _scope(user_id)
    period = f" AND {days}" if is_narrowed else ""
    text = (
        f"SELECT {by}, count(*), count(*) FILTER (WHERE state = 'CONVERTED'),"
        " count(*) FILTER (WHERE first_response_at IS NOT NULL), avg(converted_at - created_at)"
        f" FROM leads_lead WHERE {_STANDING} AND {where}{period}{inside} GROUP BY {by}"
    )
    return Sql(text, params)


# --- requests and statements by hand -------------------------------------------------------------------


def _write(cast: Cast) -> Work:
    """Take in one lead by REST, beside the two rows that it makes."""
    numbers = iter(range(1, 10_000_000))

    def create() -> Call:
        number = next(numbers)
        body = {"name": f"Người đo {number}", "phones": [f"038{number:07}"], "source": "WEB"}
        return Call("POST", "/api/v1/leads", {**body, "purpose": "ADVICE"})

    return Work("leads", "take in one lead, all", cast.everything, create, _raw_write(cast), 60, writes=True)


def _raw_write(cast: Cast) -> Callable[[], Sql]:
    party: Any = entity_named("customers").model
    near = party._default_manager.filter(role_mask=1).order_by("pk").values("unit_id", "code_unit_id")[0]
    keeping = {"unit_id": "%(unit_id)s", "code_unit_id": "%(code_unit_id)s", "created_at": "now()"}
    said = {**keeping, "updated_at": "now()", "name": "'Người đo'", "code": "%(code)s"}
    lists = {"addresses": "'[]'::jsonb"}
    of_party = inserted(party, {**said, "kind": "'INDIVIDUAL'", "role_mask": "8", "id": _next(party)}, lists)
    lead: Any = entity_named("leads").model
    ends = {"party_id": "p.id", "own_party_id": "p.id", "state": "'NEW'", "state_since": "now()"}
    of_lead = inserted(lead, {**said, **ends, "id": _next(lead)}, lists)
    text = (
        f"WITH p AS (INSERT INTO parties_party ({of_party[0]}) VALUES ({of_party[1]}) RETURNING id)"
        f" INSERT INTO leads_lead ({of_lead[0]}) SELECT {of_lead[1]} FROM p"
    )
    return lambda: Sql(text, {**near, "code": f"RAW-{time.time_ns()}"})  # type: ignore[arg-type] # named


def _next(model: Any) -> str:
    return f"nextval(pg_get_serial_sequence('{model._meta.db_table}', 'id'))"


def _address(listing: str, *parts: Part, sort: str = "") -> str:
    shown = ViewState(listing=listing, parts=parts, order=sort)
    return ListState(entity_named("leads"), shown).url()


def _page(label: str, user_id: int, address: str, budget: int, raw: Sql) -> Work:
    # A report that would take too long says so, which is an answer too.
    call = Call("GET", address, may_be_told=address.startswith("/reports/"))
    return Work("leads", label, user_id, lambda: call, lambda: raw, budget)


def _scope(user_id: int) -> tuple[str, tuple[Any, ...]]:
    facts = actor_for(User.objects.get(pk=user_id), Door.WEB).scope("leads", READ)
    if facts.everything:
        return "", ()
    return " AND (owner_id = ANY(%s) OR unit_id = ANY(%s))", (sorted(facts.owners), sorted(facts.units))


def _rows(user_id: int, where: str, order: str) -> Sql:
    inside, params = _scope(user_id)
    return Sql(f"SELECT {_CARD} FROM leads_lead WHERE {where}{inside} ORDER BY {order}, id LIMIT 51", params)


def _one(statement: str, *params: Any) -> int | None:
    """Give the first value that a statement finds, if it finds any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found = cursor.fetchone()
    return None if found is None else found[0]
