"""Many prices of one list in one step, as they come from a table: typed, pasted, or sent by a program."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from unicodedata import normalize

from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import InvalidValues
from duyen.entities.fields import Amount, FieldRefused, LongText
from duyen.entities.registry import entity_named
from duyen.entities.standard import into_bin, write_changes
from duyen.entities.states import InStates
from duyen.entities.writing import insert_rows, next_ids, update_rows
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.kernel.errors import FieldProblem
from duyen.kernel.money import Money, read_money
from duyen.kernel.text import fold
from duyen.modules.catalog.models import Plan, PriceLine, PriceList, Product
from duyen.modules.catalog.words import ListState

LINES = "lines"
MOST_LINES = 5_000
_MOST_LETTERS = 400_000
_MOST_TOLD = 20
#: What a cell holds so that the price goes; an empty one in the third column means the same.
_REMOVED = ("x", "-")
_PARTS = re.compile(r"[\t;]")


@dataclass(frozen=True)
class PriceSet:
    """One line of a table: the codes, and the sums in minor units; no price means that the line goes."""

    number: int
    product: str
    plan: str
    price: int | None
    one_off_fee: int | None
    floor: int | None


@dataclass(frozen=True)
class Table(LongText):
    """Lines of cells as a spreadsheet copies them; what divides the cells is kept."""

    def clean(self, raw: object) -> str:
        if not isinstance(raw, str):
            raise FieldRefused("text", _("Give text."))
        return self._fits(normalize("NFC", raw))


@action(
    "price_lists.set_prices",
    label=_("Enter prices from a table"),
    asks=[
        Table(
            LINES,
            _("Prices"),
            required=True,
            max_length=_MOST_LETTERS,
            help=_(
                "One price a line, as copied from a spreadsheet: product code, plan code, price, one-off "
                "fee, floor price, without VAT. Without a price, the line is taken out of the list."
            ),
        )
    ],
    icon="clipboard-paste",
    fits=InStates((ListState.DRAFT,)),
)
def set_prices(*, actor: Actor, row: Mapping[str, Any], lines: str) -> Mapping[str, Any]:
    """Add, change and take out prices of a draft, all of them or none.

    Raises InvalidValues with the number of each line that cannot be read.
    """
    PriceList.objects.select_for_update(no_key=True).filter(pk=row["id"]).values("pk").get()
    sets = read_table(lines, row["currency"])
    products, plans = _named(sets)
    wanted = _settle(sets, products, plans)
    held: dict[tuple[int, int | None], Mapping[str, Any]] = {
        (line["product_id"], line["plan_id"]): line
        for line in PriceLine.objects.filter(price_list_id=row["id"], deleted_at=None)
        .order_by("pk")
        .values("id", "product_id", "plan_id", "price", "one_off_fee", "floor")
    }
    _write(actor, row, wanted, held)
    return {**row, "version": write_changes(entity_named("price_lists"), actor, row, {})}


def read_table(text: str, currency: str) -> list[PriceSet]:
    """Read a table of prices; a first line of heads is left out. Raises InvalidValues."""
    found: list[PriceSet] = []
    problems: list[FieldProblem] = []
    for number, line in enumerate(text.splitlines(), start=1):
        cells = [cell.strip() for cell in _PARTS.split(line)]
        if not any(cells) or (not found and _is_head(cells)):
            continue
        cells += [""] * (5 - len(cells))
        try:
            found.append(_read_line(number, cells, currency))
        except FieldRefused as error:
            problems.append(_problem(number, error.code, str(error)))
    if len(found) > MOST_LINES:
        problems.append(FieldProblem(LINES, "too_many", _("At most 5.000 prices are entered at once.")))
    if not found and not problems:
        problems.append(FieldProblem(LINES, "required", _("There is no price here. Paste some lines.")))
    _refuse(problems)
    return found


def _is_head(cells: Sequence[str]) -> bool:
    """Tell a line of heads: its third cell holds words and no sum."""
    return len(cells) > 2 and bool(cells[2]) and not any(sign.isdigit() for sign in cells[2])


def _read_line(number: int, cells: Sequence[str], currency: str) -> PriceSet:
    price = None if fold(cells[2]) in _REMOVED or cells[2] in _REMOVED else _sum(cells[2], currency)
    fee, floor = (_sum(cell, currency) for cell in cells[3:5])
    if price is not None and floor is not None and floor > price:
        raise FieldRefused("above_price", _("The floor price is above the price. Correct one of them."))
    return PriceSet(number, cells[0].upper(), cells[1].upper(), price, fee, floor)


def _sum(cell: str, currency: str) -> int | None:
    if not cell:
        return None
    if currency == "VND":
        read: Money = Amount("price").clean(cell)
        return read.amount
    read = read_money(cell, currency=currency)
    return read.amount


def _named(sets: Sequence[PriceSet]) -> tuple[dict[str, int], dict[str, tuple[int, int]]]:
    """Find the products and plans that a table names, by code; a plan with its product."""
    products = Product.objects.filter(code__in={each.product for each in sets}, deleted_at=None)
    plans = Plan.objects.filter(code__in={each.plan for each in sets if each.plan}, deleted_at=None)
    named = {code: (pk, product) for code, pk, product in plans.values_list("code", "pk", "product_id")}
    return dict(products.values_list("code", "pk")), named


def _settle(
    sets: Sequence[PriceSet], products: Mapping[str, int], plans: Mapping[str, tuple[int, int]]
) -> dict[tuple[int, int | None], PriceSet]:
    """Give each line by the ids of its product and plan. Raises InvalidValues."""
    wanted: dict[tuple[int, int | None], PriceSet] = {}
    problems = []
    for each in sets:
        product, plan = products.get(each.product), plans.get(each.plan)
        if product is None:
            told = _("there is no product “%(code)s”.") % {"code": each.product[:40]}
            problems.append(_problem(each.number, "unknown_product", told))
        elif each.plan and (plan is None or plan[1] != product):
            told = _("“%(code)s” is no plan of this product.") % {"code": each.plan[:40]}
            problems.append(_problem(each.number, "unknown_plan", told))
        else:
            key = (product, plan[0] if plan else None)
            if key in wanted:
                told = _("line %(first)s names the same.") % {"first": wanted[key].number}
                problems.append(_problem(each.number, "twice", told))
            wanted[key] = each
    _refuse(problems)
    return wanted


def _problem(number: int, code: str, told: object) -> FieldProblem:
    return FieldProblem(LINES, code, _("Line %(number)s: %(what)s") % {"number": number, "what": str(told)})


def _refuse(problems: Sequence[FieldProblem]) -> None:
    if problems:
        raise InvalidValues(problems[:_MOST_TOLD])


def _write(
    actor: Actor,
    row: Mapping[str, Any],
    wanted: Mapping[tuple[int, int | None], PriceSet],
    held: Mapping[tuple[int, int | None], Mapping[str, Any]],
) -> None:
    """Write what differs, in three statements at most."""
    moment = now()
    stamps = {"updated_at": moment, "updated_by_id": actor.user_id}
    gone: dict[int, dict[str, Any]] = {
        held[key]["id"]: {} for key, each in wanted.items() if each.price is None and key in held
    }
    changed = {
        held[key]["id"]: _columns(each)
        for key, each in wanted.items()
        if each.price is not None and key in held and _columns(each) != _sums(held[key])
    }
    update_rows(PriceLine, gone, alike={**into_bin(actor, ""), **stamps})
    update_rows(PriceLine, changed, alike=stamps)
    new = [(key, each) for key, each in wanted.items() if each.price is not None and key not in held]
    insert_rows(
        PriceLine,
        [
            {
                "id": row_id,
                "product_id": product,
                "plan_id": plan,
                "name": each.plan or each.product,
                **_columns(each),
            }
            for ((product, plan), each), row_id in zip(new, next_ids(PriceLine, len(new)), strict=True)
        ],
        alike={
            **stamps,
            "price_list_id": row["id"],
            "currency": row["currency"],
            "created_at": moment,
            "created_by_id": actor.user_id,
            "source_channel": actor.door.value,
        },
    )


def _columns(each: PriceSet) -> dict[str, Any]:
    return {"price": each.price, "one_off_fee": each.one_off_fee, "floor": each.floor}


def _sums(line: Mapping[str, Any]) -> dict[str, Any]:
    return {name: line[name] for name in ("price", "one_off_fee", "floor")}
