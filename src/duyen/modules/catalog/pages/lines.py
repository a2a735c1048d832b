"""The prices of a draft as one table to type in: a page of products at a time, saved together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.fields import Amount, FieldRefused
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel.errors import DomainError
from duyen.kernel.money import Money, read_money, show_figure
from duyen.modules.catalog import choices, queries
from duyen.modules.catalog.queries import Priceable
from duyen.modules.catalog.tabs import may_set_prices
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages.editing import row_of
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.shell import Crumb

#: So many lines stand on one page: more would make it heavy on a phone.
ROWS = 50
_SUMS = ("price", "fee", "floor")


@dataclass(frozen=True)
class PriceRow:
    """One product, or one plan of it, with what is typed for it."""

    what: Priceable
    price: str
    fee: str
    floor: str
    errors: Mapping[str, str]


@require_http_methods(["GET", "HEAD", "POST"])
@page
def show(request: ActorRequest, list_id: int) -> HttpResponse:
    """Show a page of products with their prices in this list, or save what was typed."""
    lists = entity_named("price_lists")
    row = row_of(lists, request.actor, list_id)
    if not may_set_prices(request.actor, row):
        raise NotAllowed(why=_("prices are entered into drafts, by those who keep price lists."))
    group, after = request.GET.get("group", ""), request.GET.get("after", "")[:90]
    found = queries.priceable(request.actor, category=group, after=after, most=ROWS + 1)
    here, next_code = found[:ROWS], found[ROWS - 1].key if len(found) > ROWS else ""
    held = queries.sums_of(list_id)
    if request.method != "POST":
        rows = [_held(each, held.get((each.product_id, each.plan_id)), row["currency"]) for each in here]
        return _page(request, row, rows, group=group, next_code=next_code)
    rows = [_typed(request, each, row["currency"]) for each in here]
    if any(message for each in rows for message in each.errors.values()):
        return _page(request, row, rows, group=group, next_code=next_code, status=422)
    lines = _changed(rows, held, row["currency"])
    try:
        if lines:
            perform(lists, "set_prices", list_id, actor=request.actor, arguments={"lines": "\n".join(lines)})
    except InvalidValues as error:
        told = [str(each.message) for each in error.problems]
        return _page(request, row, rows, group=group, next_code=next_code, status=422, told=told)
    messages.success(request, _("Saved.") if lines else _("Nothing was changed."))
    back = (
        f"/price_lists/{list_id}/prices?group={group}&after={next_code if 'next' in request.POST else after}"
    )
    return HttpResponseRedirect(back)


def _held(what: Priceable, sums: Mapping[str, Any] | None, currency: str) -> PriceRow:
    price, fee, floor = (_figure(sums[name] if sums else None, currency) for name in _COLUMNS)
    return PriceRow(what, price, fee, floor, dict.fromkeys(_SUMS, ""))


_COLUMNS = ("price", "one_off_fee", "floor")


def _figure(amount: int | None, currency: str) -> str:
    return "" if amount is None else show_figure(Money(amount, currency))


def _typed(request: ActorRequest, what: Priceable, currency: str) -> PriceRow:
    typed = {name: request.POST.get(f"{name}:{what.id}", "").strip()[:40] for name in _SUMS}
    errors = dict.fromkeys(_SUMS, "")
    read: dict[str, int | None] = {}
    for name, text in typed.items():
        try:
            read[name] = _sum(text, currency)
        except DomainError as error:
            errors[name] = str(error)
    is_read = not any(errors.values())
    if is_read and read["price"] is None and (read["fee"] is not None or read["floor"] is not None):
        errors["price"] = _("Give the price too, or empty the line.")
    price, floor = read.get("price"), read.get("floor")
    if is_read and price is not None and floor is not None and floor > price:
        errors["floor"] = _("The floor price is above the price. Correct one of them.")
    return PriceRow(what, typed["price"], typed["fee"], typed["floor"], errors)


def _sum(text: str, currency: str) -> int | None:
    """Read a sum in the currency of the list. Raises FieldRefused or MoneyError."""
    if not text:
        return None
    if currency == "VND":
        found: Money = Amount("price").clean(text)
        if found.amount < 0:
            raise FieldRefused("negative", _("Give an amount that is not negative."))
        return found.amount
    return read_money(text, currency=currency).amount


def _changed(
    rows: list[PriceRow], held: Mapping[tuple[int, int | None], Mapping[str, Any]], currency: str
) -> list[str]:
    """Write the lines that differ as a table, for the one step that enters prices."""
    lines = []
    for each in rows:
        sums = held.get((each.what.product_id, each.what.plan_id))
        before = tuple(sums[name] if sums else None for name in _COLUMNS)
        after = tuple(_sum(text, currency) for text in (each.price, each.fee, each.floor))
        if before != after:
            lines.append("\t".join([each.what.code, each.what.plan_code, each.price, each.fee, each.floor]))
    return lines


def _page(
    request: ActorRequest,
    row: Mapping[str, Any],
    rows: list[PriceRow],
    *,
    group: str,
    next_code: str,
    status: int = 200,
    told: list[str] | None = None,
) -> HttpResponse:
    wrong = [
        {
            "message": message,
            "label": f"{each.what.code} {each.what.plan_code}".strip(),
            "id": f"f-{name}-{each.what.id}",
        }
        for each in rows
        for name, message in each.errors.items()
        if message
    ]
    context = {
        "row": row,
        "rows": rows,
        "problems": [*wrong, *({"message": each, "label": "", "id": ""} for each in told or [])],
        "groups": choices.CATEGORIES.held().options,
        "group": group,
        "after": request.GET.get("after", "")[:90],
        "has_next": bool(next_code),
        "crumbs": [
            Crumb(_("Price lists"), "/price_lists"),
            Crumb(row["name"], f"/price_lists/{row['id']}"),
            Crumb(_("Enter prices")),
        ],
    }
    return render(request, "catalog/lines.html", context, status=status)
