"""Measure what sellers and their heads open of deals: boards, lists, records, how deals ended, reports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import connection
from django.test.utils import override_settings

from duyen.bench.deals import fill_deals
from duyen.bench.filling import Cast, Say
from duyen.bench.measuring import measure
from duyen.bench.running import filled_or_fill, signed_in
from duyen.bench.table import circumstances, table
from duyen.bench.works import Call, Work
from duyen.entities.boards.reading import lane_page, lanes_of
from duyen.entities.filters import Part
from duyen.entities.paging import View
from duyen.entities.registry import entity_named
from duyen.entities.reports.declared import Report, all_reports
from duyen.entities.sql import Sql
from duyen.entities.views.state import ViewState
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import READ, Door
from duyen.foundation.database.connection import owner_address
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.database.roles import connect
from duyen.foundation.org.models import User
from duyen.kernel.clock import today
from duyen.modules.opportunities.queries import default_pipeline
from duyen.surfaces.web.pages.boards import MORE_CARDS
from duyen.surfaces.web.pages.state import ListState

_TABLES = (
    *("opportunities_opportunity", "opportunities_line", "opportunities_contact", "opportunities_encounter"),
    *("opportunities_partner", "opportunities_stay", "commissions_plan", "commissions_commission", "history"),
)
_READERS = {"everything": "all", "wide_branch": "branch, 41 units", "own": "own"}
_FRAGMENT = {"HX-Request": "true"}
_OPEN: Part = ["state", "in", ["OPEN", "ON_HOLD"]]
#: The same by hand: what is under way, and what stands outside the bin.
_UNDER_WAY, _STANDING = "state IN ('OPEN', 'ON_HOLD') AND deleted_at IS NULL", "deleted_at IS NULL"
_CARD = "id, name, party_id, stage_id, amount, probability, expected_close, owner_id, state"
#: What each report asks of the database, written by hand over the period with which it opens.
_THIS_YEAR = "{day} >= date_trunc('year', now()) AND {day} < date_trunc('year', now()) + interval '1 year'"
_BY_HAND = {
    "closed_opportunities": ("state, owner_id", "state IN ('WON', 'LOST', 'CANCELLED')", "closed_on"),
    "opportunities_by_type": ("type", "true", "created_at"),
    "opportunities_by_stage": ("pipeline_id, stage_id", "state IN ('OPEN', 'ON_HOLD')", ""),
    "stage_durations": ("pipeline_id, p.stage_id", "true", "created_at"),
    "opportunity_sources": ("source, campaign_id", "true", "created_at"),
    "opportunity_contact_roles": ("p.role", "true", "created_at"),
    "opportunities_by_role_count": ("role_count", "true", "created_at"),
    "opportunities_by_month_and_product": (
        *("p.product_id, date_trunc('month', expected_close)", "state IN ('OPEN', 'ON_HOLD', 'WON')"),
        "expected_close",
    ),
}
_PARTS = {
    "stage_durations": "opportunities_stay",
    "opportunity_contact_roles": "opportunities_contact",
    "opportunities_by_month_and_product": "opportunities_line",
}


def measure_opportunities(
    folder: DataFolder, customers: int, rows: int, repeat: int, *, only: str = "", say: Say
) -> str:
    """Fill up to `rows` deals with `customers` customers, measure, and give the table.

    With `only`, nothing is measured but the works whose name holds it.
    """
    cast = filled_or_fill(folder, customers).cast
    if fill_deals(rows, say=say):
        say("Analysing …")
        with connect(owner_address(folder)) as link:
            for each in _TABLES:
                link.execute(f"VACUUM ANALYZE {each}".encode())
    with override_settings(SESSION_COOKIE_SECURE=False, CSRF_COOKIE_SECURE=False):
        works = (each for each in deal_works(cast) if only in each.label)
        lines = measure(works, signed_in, repeat=repeat, say=say)
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = str(cursor.fetchone()[0]).split()[0]
    told = [f"## {rows:,} opportunities with {customers:,} customers, {today().isoformat()}", ""]
    told.append(f"{repeat} measurements each, in milliseconds. {circumstances(version)}")
    return "\n".join([*told, "", *table(lines), ""])


def deal_works(cast: Cast) -> Iterator[Work]:
    """List what is opened of deals, by who opens it."""
    for scope, label in _READERS.items():
        user_id = getattr(cast, scope)
        yield from _shape_works(user_id, label)
        yield from _list_works(user_id, label)
        yield from _record_works(user_id, label)
        yield from _report_works(user_id, label)
    yield from _over_all_time(cast.everything)


# --- boards, calendars, months ----------------------------------------------------------------------------


def _shape_works(user_id: int, label: str) -> Iterator[Work]:
    by_source: Part = ["source", "eq", "REFERRAL"]
    board, narrowed = _address([_OPEN], "board"), _address([_OPEN, by_source], "board")
    lanes = _lanes(user_id)
    yield _page(f"board, {label}", user_id, board, 80, lanes)
    yield _page(f"board, one source, {label}", user_id, narrowed, 80, _lanes(user_id, "source = 'REFERRAL'"))
    yield _fragment(f"next cards of a lane, {label}", user_id, _next_cards(user_id), 80, _first_lane(user_id))
    sums = _grouped(user_id, "stage_id", _UNDER_WAY)
    yield _fragment(f"totals of a board, {label}", user_id, board.replace("?", "/board/sums?"), 150, sums)
    yield _page(f"calendar of closing days, {label}", user_id, _address([_OPEN], "calendar"), 60,
                _grouped(user_id, "expected_close", f"{_UNDER_WAY} AND {_this('month')}"))  # fmt: skip
    by_month = _grouped(user_id, "date_trunc('month', expected_close)", f"{_STANDING} AND {_this('year')}")
    yield _page(f"months, {label}", user_id, _address([], "months"), 150, by_month)


def _this(step: str) -> str:
    begins = f"date_trunc('{step}', now())"
    return f"expected_close >= {begins} AND expected_close < {begins} + interval '1 {step}'"


def _next_cards(user_id: int) -> str:
    """Give the address of the cards that follow the first ones of the first lane, or of the board itself."""
    deals, actor = entity_named("opportunities"), actor_for(User.objects.get(pk=user_id), Door.WEB)
    board = deals.boards[0]
    lane = lanes_of(deals, board, actor, default_pipeline())[0]
    view = View(filter={"and": [_OPEN]}, limit=MORE_CARDS)
    found = lane_page(deals, board, lane, listing=deals.listing("open"), actor=actor, view=view)
    address = _address([_OPEN], "board")
    return f"{address}&lane={lane.key}&after={found.next}" if found.next else address


# --- lists, records ---------------------------------------------------------------------------------------


def _list_works(user_id: int, label: str) -> Iterator[Work]:
    for sort, column in (
        ("expected_close", "expected_close"),
        ("name", "name_key"),
        ("-amount", "amount DESC"),
    ):
        budget = 500 if sort == "-amount" else 40
        yield _page(f"deals under way by {sort}, {label}", user_id, _address([_OPEN], sort=sort), budget,
                    _rows(user_id, _UNDER_WAY, column))  # fmt: skip
    yield _page(f"all deals by name, {label}", user_id, _address([], sort="name"), 40,
                _rows(user_id, _STANDING, "name_key"))  # fmt: skip
    yield _page(f"all deals, newest, {label}", user_id, _address([], sort="-created_at"), 40,
                _rows(user_id, _STANDING, "created_at DESC"))  # fmt: skip
    product = _one("SELECT product_id FROM opportunities_line ORDER BY id LIMIT 1")
    having = "id IN (SELECT opportunity_id FROM opportunities_line WHERE product_id = %s)"
    yield _page(f"deals under way with a product, {label}", user_id,
                _address([_OPEN, ["opportunity_lines.product", "eq", product]]), 500,
                _rows(user_id, f"{_UNDER_WAY} AND {having}", "expected_close", product))  # fmt: skip
    rival = _one("SELECT min(id) FROM opportunities_competitor")
    closed = f"{_STANDING} AND closed_on >= now() - interval '1 year'"
    ended = _grouped(user_id, "source, loss_reason", closed)
    yield _page(f"how deals ended, {label}", user_id, "/opportunities/outcomes", 500, ended)
    met = _grouped(user_id, "state", f"{_STANDING} AND competitor_ids @> ARRAY[%s::bigint]", rival)
    yield _page(f"page of a competitor, {label}", user_id, f"/competitors/{rival}", 150, met)


def _record_works(user_id: int, label: str) -> Iterator[Work]:
    """Open a deal and a customer with many; in a small base a seller may have none."""
    inside, params = _scope(user_id)
    whole = "SELECT * FROM opportunities_opportunity WHERE id = %s"
    for words, where in (("under way, with similar ones", _UNDER_WAY), ("closed", "state = 'WON'")):
        deal = _one(f"SELECT max(id) FROM opportunities_opportunity WHERE {where}{inside}", *params)
        if deal is None:
            continue
        yield _page(f"a deal {words}, {label}", user_id, f"/opportunities/{deal}", 60, Sql(whole, (deal,)))
        if where == _UNDER_WAY:
            yield _page(
                f"products of a deal, {label}",
                user_id,
                f"/opportunities/{deal}?tab=lines",
                60,
                Sql(whole, (deal,)),
            )
    most = f"SELECT party_id FROM opportunities_opportunity WHERE true{inside} GROUP BY 1"
    busiest = _one(f"{most} ORDER BY count(*) DESC, 1 LIMIT 1", *params)
    if busiest is None:
        return
    of_one = f"{_STANDING} AND party_id = %s"
    told = f"a customer with its deals and their timeline, {label}"
    yield _page(told, user_id, f"/customers/{busiest}", 60, _timeline(busiest))
    yield _page(f"deals of a customer, {label}", user_id, f"/customers/{busiest}?tab=opportunities", 60,
                _rows(user_id, of_one, "expected_close DESC", busiest))  # fmt: skip


# --- reports ----------------------------------------------------------------------------------------------


def _report_works(user_id: int, label: str) -> Iterator[Work]:
    for report in _reports():
        yield _page(f"report {report.key}, {label}", user_id, f"/reports/{report.key}", 500,
                    _report(user_id, report.key, is_narrowed=True))  # fmt: skip
    drilled = _address(
        [["state", "eq", "WON"], ["type", "eq", "RENEWAL"], ["created_at", "within", "this_year"]]
    )
    yield _page(f"rows behind a figure, {label}", user_id, drilled, 500,
                _rows(user_id, f"{_STANDING} AND state = 'WON' AND type = 'RENEWAL' AND "
                      + _THIS_YEAR.format(day="created_at"), "expected_close"))  # fmt: skip


def _over_all_time(user_id: int) -> Iterator[Work]:
    for report in _reports():
        raw = _report(user_id, report.key, is_narrowed=False)
        address = f"/reports/{report.key}?period=all"
        yield _page(f"report {report.key}, all time, all", user_id, address, 3_000, raw)
    address = "/reports/closed_opportunities/export"
    call = Call("POST", address, {"purpose": "Đo tốc độ"}, is_form=True)
    raw = _report(user_id, "closed_opportunities", is_narrowed=True)
    yield Work("opportunities", "a report as a workbook, all", user_id, lambda: call, lambda: raw, 1_000)


def _reports() -> list[Report]:
    """List the reports on opportunities; those of other entities are measured with their entity."""
    return [report for report in all_reports() if report.entity == "opportunities"]


def _report(user_id: int, key: str, *, is_narrowed: bool) -> Sql:
    by, where, day = _BY_HAND[key]
    inside, params = _scope(user_id, "t.")
    period = f" AND {_THIS_YEAR.format(day=day)}" if is_narrowed and day else ""
    part = f" JOIN {_PARTS[key]} p ON p.opportunity_id = t.id" if key in _PARTS else ""
    counted = "count(DISTINCT t.id)" if part else "count(*)"
    text = (
        f"SELECT {by}, {counted}, sum(amount), sum(weighted), count(*) FILTER (WHERE state = 'WON')"
        f" FROM opportunities_opportunity t{part} WHERE t.deleted_at IS NULL AND {where}{period}{inside}"
        f" GROUP BY {by}"
    )
    return Sql(text, params)


# --- requests and statements by hand ----------------------------------------------------------------------


def _address(parts: Sequence[Part], shape: str = "", sort: str = "") -> str:
    listing = "open" if _OPEN in parts else "all"
    shown = ViewState(listing=listing, parts=tuple(parts), shape=shape, order=sort)
    address = ListState(entity_named("opportunities"), shown).url()
    return address if "?" in address else f"{address}?"


def _page(label: str, user_id: int, address: str, budget: int, raw: Sql) -> Work:
    call = Call("GET", address, may_be_told=True)
    return Work("opportunities", label, user_id, lambda: call, lambda: raw, budget)


def _fragment(label: str, user_id: int, address: str, budget: int, raw: Sql) -> Work:
    call = Call("GET", address, headers=_FRAGMENT)
    return Work("opportunities", label, user_id, lambda: call, lambda: raw, budget)


def _scope(user_id: int, alias: str = "") -> tuple[str, tuple[Any, ...]]:
    facts = actor_for(User.objects.get(pk=user_id), Door.WEB).scope("opportunities", READ)
    if facts.everything:
        return "", ()
    ids = (sorted(facts.owners), sorted(facts.units))
    return f" AND ({alias}owner_id = ANY(%s) OR {alias}unit_id = ANY(%s))", ids


def _rows(user_id: int, where: str, order: str, *given: object) -> Sql:
    inside, params = _scope(user_id)
    text = (
        f"SELECT {_CARD} FROM opportunities_opportunity WHERE {where}{inside} ORDER BY {order}, id LIMIT 51"
    )
    return Sql(text, (*given, *params))


def _first_lane(user_id: int) -> Sql:
    stage = _one("SELECT id FROM opportunities_stage ORDER BY position, id LIMIT 1")
    return _rows(user_id, f"{_UNDER_WAY} AND stage_id = %s", "expected_close", stage)


def _lanes(user_id: int, where: str = "true") -> Sql:
    """Read the first cards of each stage by one statement."""
    inside, params = _scope(user_id)
    text = (
        f"SELECT c.* FROM opportunities_stage s, LATERAL (SELECT {_CARD} FROM opportunities_opportunity"
        f" WHERE stage_id = s.id AND {_UNDER_WAY} AND {where}{inside} ORDER BY expected_close, id LIMIT 7) c"
    )
    return Sql(text, params)


def _grouped(user_id: int, by: str, where: str, *given: object) -> Sql:
    inside, params = _scope(user_id)
    text = (
        f"SELECT {by}, count(*), sum(amount), sum(weighted) FROM opportunities_opportunity"
        f" WHERE {where}{inside} GROUP BY {by}"
    )
    return Sql(text, (*given, *params))


def _timeline(party: int) -> Sql:
    return Sql(
        "SELECT h.id, h.at, h.verb, h.changes FROM opportunities_opportunity o JOIN history h"
        " ON h.root_entity = 'opportunities' AND h.root_id = o.id AND h.entity = 'opportunities'"
        " WHERE o.party_id = %s AND o.deleted_at IS NULL ORDER BY h.at DESC, h.id DESC LIMIT 31",
        (party,),
    )


def _one(statement: str, *params: Any) -> int | None:
    """Give the first value that a statement finds, if it finds any."""
    with connection.cursor() as cursor:
        cursor.execute(statement, params)
        found = cursor.fetchone()
    return None if found is None else found[0]
