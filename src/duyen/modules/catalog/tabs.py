"""What the tabs and panels of products and price lists show. Reads only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from duyen.entities.errors import NotFound
from duyen.entities.fields import Units
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE, CREATE, READ, FieldLevel
from duyen.kernel.clock import today
from duyen.kernel.errors import DomainError
from duyen.kernel.money import Money
from duyen.kernel.vat import step_on
from duyen.modules.catalog import charts, choices, queries, rules
from duyen.modules.catalog.models import Plan
from duyen.modules.catalog.queries import Neighbour, Price
from duyen.modules.catalog.rules import Offer
from duyen.modules.catalog.words import BundlePricing, ListState

Row = Mapping[str, Any]
#: A tab shows so many prices of a list; the rest stands in the list of prices.
MOST_LINES = 100


def sees(actor: Actor, entity: str, *names: str) -> bool:
    """Tell whether the actor may read these fields of an entity."""
    found = entity_named(entity)
    return actor.may(entity, READ) and all(
        found.level(actor, name) is not FieldLevel.HIDDEN for name in names
    )


def sees_prices(actor: Actor) -> bool:
    """Tell whether the actor may be told what things cost, by which list, for whom, and when."""
    return (
        sees(actor, "price_lines", "price", "product", "plan", "price_list")
        and sees(actor, "price_lists", "valid_from", "valid_until", "areas", "customer_kinds", "code")
        and sees(actor, "products", "code", "vat_class", "bundle_pricing")
    )


@dataclass(frozen=True)
class Shown:
    """One offer of a product in words."""

    offer: Offer
    plan: str
    where: str
    whom: str
    price: Money
    gross: Money | None
    fee: Money | None
    floor: Money | None
    is_now: bool


def prices_of_product(actor: Actor, row: Row) -> dict[str, Any]:
    """Tell what a product costs and cost: every issued price, and the price of the house over time."""
    if not sees_prices(actor):
        return {"is_open": False}
    product_id = int(row["id"])
    book = queries.read_book(product_id, actor)
    offers = [each for each in book.offers if each.product_id == product_id]
    names = _plan_names(actor, product_id)
    day = today()
    shown = [shown_offer(actor, each, names, book.percent(product_id, day)) for each in offers]
    shown.sort(key=lambda each: (not each.is_now, -each.offer.valid_from.toordinal(), each.offer.line_id))
    phases = queries.price_history(product_id, actor=actor, unit_id=home_of(actor))
    return {
        "is_open": True,
        "row": row,
        "prices": shown,
        "phases": phases[::-1],
        "chart": charts.drawn(phases, today=day),
        "shows_fee": sees(actor, "price_lines", "one_off_fee"),
        "shows_floor": sees(actor, "price_lines", "floor"),
        "is_sum": row["bundle_pricing"] == BundlePricing.SUM,
        "check_url": f"/price-check?product={product_id}",
    }


def shown_offer(actor: Actor, offer: Offer, plans: Mapping[int, str], percent: Any) -> Shown:
    """Put one offer into words, as far as the actor may see it."""
    units = entity_named("price_lists").field("areas")
    kinds = {each.code: str(each.label) for each in choices.customer_kinds()}
    price = Money(offer.price, offer.currency)
    shows_fee, shows_floor = (
        sees(actor, "price_lines", "one_off_fee"),
        sees(actor, "price_lines", "floor"),
    )
    return Shown(
        offer,
        plans.get(offer.plan_id, "") if offer.plan_id else "",
        units.show(tuple(sorted(offer.areas))) if isinstance(units, Units) else "",
        ", ".join(kinds.get(each, each) for each in sorted(offer.kinds)),
        price,
        queries.taxed(price, percent).gross,
        _money(offer.one_off_fee, offer.currency) if shows_fee else None,
        _money(offer.floor, offer.currency) if shows_floor else None,
        offer.holds_on(today()),
    )


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)


def home_of(actor: Actor) -> int | None:
    """Give the unit where the actor stands."""
    return actor.facts.home_unit_id if actor.facts else None


def _plan_names(actor: Actor, product_id: int) -> dict[int, str]:
    if not actor.may("plans", READ):
        return {}
    return {each.pk: each.name for each in queries.plans_of(product_id)}


def price_now(actor: Actor, row: Row) -> dict[str, Any]:
    """Say what a product costs today where the reader stands, for any kind of customer; or why not."""
    if not sees_prices(actor):
        return {"is_open": False}
    found: Price | None = None
    problem: DomainError | None = None
    try:
        found = queries.price_for(int(row["id"]), actor=actor, on=today(), unit_id=home_of(actor))
    except NotFound:
        return {"is_open": False}
    except DomainError as error:
        problem = error
    fee = found.fee() if found and sees(actor, "price_lines", "one_off_fee") else None
    return {
        "is_open": True,
        "price": found,
        "sum": found.times(1) if found else None,
        "fee": fee,
        "problem": problem,
        "check_url": f"/price-check?product={row['id']}",
    }


# --- plans and bundles ---------------------------------------------------------------------------------

_PLAN_FIELDS = (
    *("code", "term_months", "prepaid_months", "free_months"),
    *("minimum_months", "active_from", "active_until", "product"),
)


def plans_of_product(actor: Actor, row: Row) -> dict[str, Any]:
    """List the plans of a product."""
    is_open = sees(actor, "plans", *_PLAN_FIELDS)
    day = today()
    plans: list[Plan] = queries.plans_of(int(row["id"])) if is_open else []
    return {
        "is_open": is_open,
        "plans": [
            (each, (each.active_from or day) <= day and (each.active_until or day) >= day) for each in plans
        ],
        "new_url": f"/plans/new?product={row['id']}"
        if is_open and actor.may("plans", CREATE) and row.get("deleted_at") is None
        else "",
    }


def count_plans(actor: Actor, row: Row) -> int:
    """Count the plans of a product."""
    return len(queries.plans_of(int(row["id"]))) if sees(actor, "plans", *_PLAN_FIELDS) else 0


def is_bundle(row: Row) -> bool:
    """Tell whether a product is sold as a bundle."""
    return bool(row["bundle_pricing"])


def bundle_of_product(actor: Actor, row: Row) -> dict[str, Any]:
    """List what a bundle holds, and what it costs together."""
    parts = queries.components_of(int(row["id"]))
    may_change = actor.may("products", CHANGE) and row.get("deleted_at") is None
    return {
        "row": row,
        "parts": parts,
        "shows_code": sees(actor, "products", "code"),
        "pricing": choices.BUNDLE_PRICING.held().by_code.get(row["bundle_pricing"]),
        "may_change": may_change,
    }


# --- price lists ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class LineSeen:
    """One price of a list, with the names of what it is for."""

    id: int
    product_id: int
    code: str
    name: str
    plan: str
    price: Money
    gross: Money | None
    fee: Money | None
    floor: Money | None


def lines_of_list(actor: Actor, row: Row) -> dict[str, Any]:
    """List the first prices of a list with their VAT as on its first day, or today where that is later."""
    if not sees_prices(actor):
        return {"is_open": False}
    lines = queries.lines_of(int(row["id"]), actor, most=MOST_LINES + 1)
    day = max(row["valid_from"], min(today(), row["valid_until"] or today()))
    steps = queries.vat_steps()
    shows_fee, shows_floor = (
        sees(actor, "price_lines", "one_off_fee"),
        sees(actor, "price_lines", "floor"),
    )
    shown = []
    for line in lines[:MOST_LINES]:
        price = Money(line["price"], row["currency"])
        step = step_on(steps, line["product__vat_class"], day)
        shown.append(
            LineSeen(
                line["id"],
                line["product_id"],
                line["product__code"],
                line["product__name"],
                line["plan__name"] or "",
                price,
                queries.taxed(price, step.percent).gross if step else None,
                _money(line["one_off_fee"], row["currency"]) if shows_fee else None,
                _money(line["floor"], row["currency"]) if shows_floor else None,
            )
        )
    may_change = may_set_prices(actor, row)
    return {
        "is_open": True,
        "row": row,
        "lines": shown,
        "day": day,
        "is_cut": len(lines) > MOST_LINES,
        "all_url": f"/price_lines?price_list.eq={row['id']}",
        "edit_url": f"/price_lists/{row['id']}/prices" if may_change else "",
        "paste_url": f"/price_lists/{row['id']}/set_prices" if may_change else "",
        "shows_fee": shows_fee,
        "shows_floor": shows_floor,
    }


def _sets_all(actor: Actor) -> bool:
    """Tell whether the actor may see and set every sum of a price."""
    found = entity_named("price_lines")
    return all(
        found.level(actor, name) is None for name in ("price", "one_off_fee", "floor", "product", "plan")
    ) and sees(actor, "plans", "code")


def may_set_prices(actor: Actor, row: Row) -> bool:
    """Tell whether the actor may enter the prices of this list."""
    return bool(
        row["state"] == ListState.DRAFT
        and row.get("deleted_at") is None
        and actor.may("price_lists", CHANGE)
        and sees_prices(actor)
        and _sets_all(actor)
    )


def count_lines(actor: Actor, row: Row) -> int:
    """Count the prices of a list, as far as a tab tells it."""
    return queries.count_lines(int(row["id"])) if sees_prices(actor) else 0


@dataclass(frozen=True)
class Meeting:
    """Another list that a sale may fit as well, and which of the two then holds, in a word of rules."""

    neighbour: Neighbour
    wins: bool
    by: str
    is_draft: bool


def overlaps_of_list(actor: Actor, row: Row) -> dict[str, Any]:
    """Tell which other lists a sale may fit as well, and which of them holds then."""
    if not sees_prices(actor) or not sees(actor, "price_lists", "state", "currency"):
        return {"is_open": False}
    mine = queries.audience_of(row)
    found = queries.neighbours(int(row["id"]))
    units = mine.areas.union(*(each.audience.areas for each in found)) if found else mine.areas
    paths = queries.paths_of(units)
    meetings = [_meeting(mine, each, paths) for each in found if rules.can_meet(mine, each.audience, paths)]
    return {"is_open": True, "meetings": meetings, "is_unclear": any(each.by == "made" for each in meetings)}


def _meeting(mine: rules.Audience, other: Neighbour, paths: Mapping[int, Sequence[int]]) -> Meeting:
    wins, by = rules.which_holds(mine, other.audience, paths)
    return Meeting(other, wins, by, other.state == ListState.DRAFT)
