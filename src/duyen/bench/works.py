"""What is measured: each piece of work as a request to the product, and as SQL written by hand."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from duyen.bench.filling import Cast
from duyen.entities.paging import View, page
from duyen.entities.registry import entity_named
from duyen.entities.sql import Sql
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import READ, Door
from duyen.foundation.org.models import User
from duyen.kernel.phones import show_phone

DEPTH = 50_000
_STRIDE = 1_000
ROW = (
    "id, code, name, phones, industry, tax_code, province_code, relationship_state, owner_id, unit_id,"
    " created_at"
)
STANDING = "(role_mask & 1) <> 0 AND deleted_at IS NULL"
_SORTS = {
    "name": ("name_key", "name"),
    "given_name": ("given_key", "given_name"),
    "created": ("created_at", "-created_at"),
}
_PALETTE, _PAGE = "/_palette?q=", "/search?q="
_IN_PALETTE = {"HX-Request": "true", "HX-Target": "res"}
SCOPES = {
    "everything": "all", "wide_branch": "branch, 41 units", "full_branch": "branch, 30 units",
    "team": "team", "own": "own + shared",
}  # fmt: skip


@dataclass(frozen=True)
class Call:
    """One request: method, address, body, headers; `may_be_told` that a list is too long.

    The body is sent as JSON, or as a form.
    """

    method: str
    address: str
    body: dict[str, Any] = field(default_factory=dict)
    headers: dict[str, str] = field(default_factory=dict)
    may_be_told: bool = False
    is_form: bool = False


@dataclass(frozen=True)
class Work:
    """One line of the table: who does what; `call` and `raw` give the next request or statement each time."""

    group: str
    label: str
    user_id: int
    call: Callable[[], Call]
    raw: Callable[[], Sql]
    budget_ms: int
    writes: bool = False


# --- lists -------------------------------------------------------------------------------------------


def list_works(cast: Cast) -> Iterator[Work]:
    """A page of 51 rows by each indexed order, first and deep, for each scope, by page and by REST."""
    for scope, label in SCOPES.items():
        user_id = getattr(cast, scope)
        for sort, (column, order) in _SORTS.items():
            is_down = order.startswith("-")
            yield _list_work(f"list, {label}, by {sort}, first page", user_id, f"/customers?sort={order}", "",
                             _raw_list(user_id, column, is_down, None))  # fmt: skip
            cursor, last, depth = _go_deep(user_id, order)
            if cursor:
                label_deep = f"list, {label}, by {sort}, {depth:,} rows deep"
                yield _list_work(label_deep, user_id, f"/customers?sort={order}", cursor,
                                 _raw_list(user_id, column, is_down, last))  # fmt: skip


def _list_work(label: str, user_id: int, address: str, cursor: str, raw: Sql) -> Work:
    # Behind the first page the browser asks for the next rows alone.
    headers = {"HX-Request": "true"} if cursor else {}
    call = Call("GET", f"{address}&after={cursor}" if cursor else address, headers=headers)
    return Work("list", label, user_id, lambda: call, lambda: raw, 40)


def _go_deep(user_id: int, order: str) -> tuple[str, tuple[Any, int] | None, int]:
    """Walk down a list until DEPTH rows, or half of a shorter one: the cursor, the last row, how deep."""
    customers = entity_named("customers")
    actor, view = actor_for(User.objects.get(pk=user_id), Door.WEB), View(sort=order, limit=_STRIDE)
    steps: list[tuple[str, tuple[Any, int]]] = []
    after: str | None = None
    while len(steps) * _STRIDE < DEPTH:
        found = page(customers, customers.listing(), actor=actor, view=view, after=after)
        if found.next is None:
            steps = steps[: (len(steps) + 1) // 2]
            break
        after = found.next
        steps.append((after, (found.rows[-1]["s0"], found.rows[-1]["id"])))
    if not steps:
        return "", None, 0
    return *steps[-1], len(steps) * _STRIDE


def _raw_list(user_id: int, column: str, is_down: bool, last: tuple[Any, int] | None) -> Sql:
    """One statement by hand: the scope by = ANY, the cursor by a bound on the sort column."""
    scope, params = raw_scope(user_id)
    behind = ""
    if last is not None:
        sign = "<" if is_down else ">"
        behind = f" AND {column} {sign}= %s AND ({column} {sign} %s OR id > %s)"
        params = (*params, last[0], last[0], last[1])
    order = f"{column}{' DESC' if is_down else ''}, id"
    text = f"SELECT {ROW} FROM parties_party WHERE {STANDING}{scope}{behind} ORDER BY {order} LIMIT 51"
    return Sql(text, params)


def raw_scope(user_id: int) -> tuple[str, tuple[Any, ...]]:
    """Give the scope of a reader as a condition written by hand."""
    facts = actor_for(User.objects.get(pk=user_id), Door.WEB).scope("customers", READ)
    if facts.everything:
        return "", ()
    ids = (sorted(facts.owners), sorted(facts.units), sorted(facts.shared))
    return " AND (owner_id = ANY(%s) OR unit_id = ANY(%s) OR id = ANY(%s))", ids


# --- search, record, writes --------------------------------------------------------------------------


def search_works(cast: Cast) -> Iterator[Work]:
    """Search as one types: the words that a person really types, a different one each time."""
    sample = _sample(200)
    drawn = {
        "2 letters": _turns(["ng", "tr", "ha", "li", "du", "vu"]),
        "3 letters": _turns(["duc", "anh", "huo", "tha", "yen"]),
        "full name without marks": _turns([row["folded"] for row in sample]),
        "7 digits of a phone": _turns([row["phones"][0][-7:] for row in sample]),
        "code": _turns([row["code"] for row in sample]),
        "two words in another order": _turns([_turned(row["folded"]) for row in sample]),
        "whole phone": _turns([show_phone(row["phones"][0]) for row in sample]),
        "whole tax code": _turns([row["tax_code"] for row in sample if row["tax_code"]] or ["0100233488"]),
        "the commonest word": _turns(["nguyen"]),
    }
    for scope in ("everything", "full_branch", "team", "own"):
        user_id = getattr(cast, scope)
        for label, words in drawn.items():
            yield _search_work(f"search, {SCOPES[scope]}, {label}", user_id, words)
    for label in ("3 letters", "two words in another order", "whole phone"):
        yield _search_work(f"palette, all, {label}", cast.everything, drawn[label], _PALETTE)
    yield _search_work("palette, all, nothing typed", cast.everything, _turns([""]), _PALETTE)
    yield _search_work(
        "search page, all, full name", cast.everything, drawn["full name without marks"], _PAGE
    )


def _turned(name: str) -> str:
    """Give the given name before the family name, as many people type it."""
    words = name.split()
    return f"{words[-1]} {words[0]}"


def _search_work(
    label: str, user_id: int, words: Callable[[], str], address: str = "/api/v1/search?limit=12&q="
) -> Work:
    scope, params = raw_scope(user_id)
    found = f"search LIKE %s AND deleted_at IS NULL{scope}"
    text = f"SELECT id, code, name FROM parties_party WHERE {found} LIMIT 12"
    return Work(
        "search", label, user_id,
        lambda: Call("GET", f"{address}{quote(words())}", headers=_IN_PALETTE if address == _PALETTE else {}),
        lambda: Sql(text, (_raw_words(words()), *params)),
        60,
    )  # fmt: skip


def _raw_words(words: str) -> str:
    digits = words.replace(" ", "")
    return f"%{digits[1:]}%" if digits.isdigit() else f"%{words.lower().replace(' ', '%')}%"


def record_works(cast: Cast) -> Iterator[Work]:
    """The record page with its side panel, and the record by REST."""
    ids = _turns([row["id"] for row in _sample(200)])
    raw = Sql("SELECT * FROM parties_party WHERE id = %s")
    for label, address in (("record page", "/customers/{}"), ("record by REST", "/api/v1/customers/{}")):
        yield _record_work(label, cast.everything, address, ids, raw)


def _record_work(label: str, user_id: int, address: str, ids: Callable[[], int], raw: Sql) -> Work:
    return Work(
        "record", label, user_id,
        lambda: Call("GET", address.format(ids())), lambda: Sql(raw.text, (ids(),)), 60,
    )  # fmt: skip


def write_works(cast: Cast) -> Iterator[Work]:
    """Create and change one record, with rights, rules, number, trail and version."""
    party = entity_named("customers").model
    ids = _turns([row["id"] for row in _sample(400)])
    keeper = party._default_manager.order_by("pk").values("owner_id", "unit_id", "code_unit_id")[0]
    count = _counter()

    def create() -> Call:
        number = count()
        body = {"name": f"Khách hàng đo {number}", "kind": "INDIVIDUAL", "phones": [f"035{number:07}"],
                "owner": keeper["owner_id"], "unit": keeper["unit_id"]}  # fmt: skip
        return Call("POST", "/api/v1/customers", body)

    def raw_create() -> Sql:
        columns = (
            "name, kind, code, code_unit_id, owner_id, unit_id, role_mask, created_at, updated_at, phones"
        )
        given = ("Khách hàng đo", "INDIVIDUAL", f"RAW-{time.time_ns()}", keeper["code_unit_id"],
                 keeper["owner_id"], keeper["unit_id"])  # fmt: skip
        places = f"(%s, %s, %s, %s, %s, %s, 1, now(), now(), '{{}}'{_FILLS})"
        return Sql(f"INSERT INTO parties_party ({columns}{_FILLED}) VALUES {places}", given)

    def change() -> Call:
        record_id = ids()
        version = party._default_manager.values_list("version", flat=True).get(pk=record_id)
        body = {"note": f"Ghi chú {count()}"}
        return Call("PATCH", f"/api/v1/customers/{record_id}", body, {"If-Match": str(version)})

    def raw_change() -> Sql:
        text = "UPDATE parties_party SET note = %s, version = version + 1, updated_at = now() WHERE id = %s"
        return Sql(text, (f"Ghi chú {count()}", ids()))

    user_id = cast.everything
    yield Work("write", "create one customer", user_id, create, raw_create, 30, writes=True)
    yield Work("write", "change one customer", user_id, change, raw_change, 30, writes=True)


def _filled() -> Sequence[tuple[str, str]]:
    """Give the columns that Django fills from the model and the raw INSERT has to name itself."""
    texts = ("short_name", "honorific", "tax_code", "ward_code", "province_code", "address_status",
             "industry", "legal_form", "size_band", "revenue_band", "source", "source_detail", "note",
             "relationship_state", "source_channel", "delete_reason")  # fmt: skip
    objects = ("phone_notes", "email_notes", "custom", "derived")
    return (
        *((name, "''") for name in texts),
        *((name, "'{}'::jsonb") for name in objects),
        ("addresses", "'[]'::jsonb"), ("emails", "'{}'"), ("tags", "'{}'"), ("version", "1"),
        ("is_key_account", "false"), ("verified", "true"),
    )  # fmt: skip


_FILLED = "".join(f", {name}" for name, _value in _filled())
_FILLS = "".join(f", {value}" for _name, value in _filled())


def _sample(count: int) -> list[dict[str, Any]]:
    """Draw customers from all over the table, by ids that lie evenly apart."""
    found = entity_named("customers").model._default_manager.filter(role_mask=1).order_by("pk")
    first, last = found.values_list("pk", flat=True)[0], found.reverse().values_list("pk", flat=True)[0]
    step = max(1, (last - first) // (2 * count))
    rows = found.filter(pk__in=range(first, last, step)).values(
        *("id", "name", "code", "phones", "tax_code", "search")
    )[:count]
    return [{**row, "folded": " ".join(row["search"].split()[: len(row["name"].split())])} for row in rows]


def _turns(items: Sequence[Any]) -> Callable[[], Any]:
    """Give one item after the other, from the start again at the end."""
    state = [0]

    def turn() -> Any:
        state[0] += 1
        return items[state[0] % len(items)]

    return turn


def _counter() -> Callable[[], int]:
    numbers = iter(range(1, 10_000_000))
    return lambda: next(numbers)
