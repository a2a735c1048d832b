"""Reads of the catalogue that other modules build on: products, VAT, discounts' approvers, overlaps."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any

from django.db.models import F, Q, Value
from django.db.models.functions import Collate
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import Refused
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import access_epoch, unit_tree
from duyen.foundation.org.models import Position, Role
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import today
from duyen.kernel.vat import LAW, VatStep, step_on
from duyen.modules.catalog.discounts import (
    DEFAULTS,
    DiscountedLine,
    Limit,
    is_within,
    strongest,
    who_may,
)
from duyen.modules.catalog.models import Component, Plan, PriceLine, PriceList, Product, VatRate
from duyen.modules.catalog.rules import Audience
from duyen.modules.catalog.words import ListState

#: Where the company's limits are kept: by role code, per cent as text and whether below the floor.
LIMITS = "catalog.discount_limits"


class NoVatRate(Refused):
    """Nobody ever said how a VAT class is taxed on that day."""

    code = "no_vat_rate"
    sentence = _("There is no VAT rate for “%(vat_class)s” on that day. Add one under VAT rates.")


def vat_steps() -> list[VatStep]:
    """List all that is known of VAT, the law's steps first, so that the company's stand above them."""
    rows = VatRate.objects.filter(deleted_at=None).order_by("since", "pk")
    own = [VatStep(*row) for row in rows.values_list("vat_class", "since", "percent", "basis")]
    return [*LAW, *own]


def vat_rate(vat_class: str, on: dt.date) -> Decimal | None:
    """Give the rate of a class on a day in per cent, none if it is not subject to VAT. Raises NoVatRate."""
    step = step_on(vat_steps(), vat_class, on)
    if step is None:
        raise NoVatRate(vat_class=vat_class)
    return step.percent


def vat_rate_of(product_id: int, on: dt.date) -> Decimal | None:
    """Give the VAT rate of a product on a day. Raises NoVatRate, or Product.DoesNotExist."""
    return vat_rate(Product.objects.values_list("vat_class", flat=True).get(pk=product_id), on)


def own_rates(actor: Actor) -> dict[tuple[str, object], int]:
    """Give the ids of the company's own entries by class and day, as far as the actor may see them."""
    rows = entity_named("vat_rates").rows(actor).order_by("pk")
    return {(row[1], row[2]): row[0] for row in rows.values_list("pk", "vat_class", "since")}


# --- products ------------------------------------------------------------------------------------------


def product_id_of(code: str) -> int | None:
    """Find a product by its code, in the bin too."""
    return Product.objects.filter(code=code).order_by("pk").values_list("pk", flat=True).first()


def plan_id_of(code: str) -> int | None:
    """Find a plan by its code, in the bin too."""
    return Plan.objects.filter(code=code).order_by("pk").values_list("pk", flat=True).first()


def list_id_of(code: str) -> int | None:
    """Find a price list by its code, in the bin too."""
    return PriceList.objects.filter(code=code).order_by("pk").values_list("pk", flat=True).first()


def kind_of(product_id: int) -> str:
    """Give how a product is paid, empty where there is none."""
    return Product.objects.filter(pk=product_id).order_by("pk").values_list("kind", flat=True).first() or ""


def state_of(list_id: int) -> str:
    """Give the state of a price list, empty where there is none."""
    return PriceList.objects.filter(pk=list_id).order_by("pk").values_list("state", flat=True).first() or ""


def code_of_line(product_id: int, plan_id: int | None) -> str:
    """Give the word by which a price is known: the code of its plan, or of its product."""
    if plan_id:
        return Plan.objects.filter(pk=plan_id).order_by("pk").values_list("code", flat=True).first() or ""
    return Product.objects.filter(pk=product_id).order_by("pk").values_list("code", flat=True).first() or ""


def currency_of(list_id: int) -> str:
    """Give the currency of a price list, empty where there is none."""
    return (
        PriceList.objects.filter(pk=list_id).order_by("pk").values_list("currency", flat=True).first() or ""
    )


def product_of_plan(plan_id: int) -> int | None:
    """Give the product that a plan belongs to."""
    return Plan.objects.filter(pk=plan_id).order_by("pk").values_list("product_id", flat=True).first()


def has_line(list_id: int, product_id: int, plan_id: int | None) -> bool:
    """Tell whether a list has a price for a product, or for one plan of it.

    The list stays locked until the transaction ends, so that two lines cannot come in together.
    """
    PriceList.objects.select_for_update(no_key=True).filter(pk=list_id).values("pk").order_by("pk").first()
    found = PriceLine.objects.filter(price_list_id=list_id, product_id=product_id, deleted_at=None)
    found = found.filter(plan_id=plan_id) if plan_id else found.filter(plan=None)
    return found.exists()


def has_rate(vat_class: str, since: dt.date) -> bool:
    """Tell whether the company has an entry for a VAT class and day."""
    return VatRate.objects.filter(vat_class=vat_class, since=since, deleted_at=None).exists()


def is_priced(product_id: int) -> bool:
    """Tell whether some price list names a product."""
    return PriceLine.objects.filter(product_id=product_id, deleted_at=None).exists()


def is_plan_priced(plan_id: int) -> bool:
    """Tell whether some price list names a plan."""
    return PriceLine.objects.filter(plan_id=plan_id, deleted_at=None).exists()


def is_in_bundle(product_id: int) -> bool:
    """Tell whether a product is a component of some bundle."""
    return Component.objects.filter(product_id=product_id, bundle__deleted_at=None).exists()


def has_components(product_id: int) -> bool:
    """Tell whether a product is a bundle that holds something."""
    return Component.objects.filter(bundle_id=product_id).exists()


def all_components() -> dict[int, dict[int, int]]:
    """Give for each bundle its components with their quantities; bundles are few."""
    found: dict[int, dict[int, int]] = defaultdict(dict)
    rows = Component.objects.order_by("pk").values_list("bundle_id", "product_id", "quantity")
    for bundle, product, quantity in rows:
        found[bundle][product] = quantity
    return found


@dataclass(frozen=True)
class ComponentSeen:
    """One component of a bundle, as its page shows it."""

    id: int
    product_id: int
    code: str
    name: str
    quantity: int


def components_of(bundle_id: int) -> list[ComponentSeen]:
    """List what a bundle holds."""
    rows = Component.objects.filter(bundle_id=bundle_id).order_by("product__code", "pk")
    columns = ("pk", "product_id", "product__code", "product__name", "quantity")
    return [ComponentSeen(*row) for row in rows.values_list(*columns)]


def bundles_with(product_id: int) -> list[ComponentSeen]:
    """List the bundles that hold a product; `product_id` of each is that of the bundle."""
    rows = Component.objects.filter(product_id=product_id, bundle__deleted_at=None)
    columns = ("pk", "bundle_id", "bundle__code", "bundle__name", "quantity")
    return [ComponentSeen(*row) for row in rows.order_by("bundle__code", "pk").values_list(*columns)]


def plans_of(product_id: int) -> list[Plan]:
    """List the plans of a product, the shortest first."""
    found = Plan.objects.filter(product_id=product_id, deleted_at=None)
    return list(found.order_by("term_months", "prepaid_months", "code", "pk"))


# --- units ---------------------------------------------------------------------------------------------


def path_of(unit_id: int | None) -> tuple[int, ...]:
    """List the units from one up to the head office; nothing for none."""
    return unit_tree(access_epoch()).path(unit_id) if unit_id else ()


def paths_of(unit_ids: Collection[int]) -> dict[int, tuple[int, ...]]:
    """List for each of several units those from it up to the head office."""
    tree = unit_tree(access_epoch())
    return {each: tree.path(each) for each in unit_ids}


# --- discounts -----------------------------------------------------------------------------------------


def discount_limits() -> dict[str, Limit]:
    """Give what each role may take off, by its code: what the company decided, or else the defaults."""
    return limits_in(setting(LIMITS))


def limits_in(kept: Mapping[str, Any]) -> dict[str, Limit]:
    """Read the limits of roles from what the company decided; those that it left out are the defaults."""
    own = {code: Limit(Decimal(each["percent"]), bool(each["below_floor"])) for code, each in kept.items()}
    return {**DEFAULTS, **own}


def roles() -> list[tuple[str, str]]:
    """List the roles of the company by code and name."""
    return list(Role.objects.order_by("name", "pk").values_list("code", "name"))


@dataclass(frozen=True)
class Approver:
    """Somebody who may decide about a discount: her role, and how many units above the asker she stands."""

    user_id: int
    name: str
    role: str
    steps_up: int


@dataclass(frozen=True)
class Verdict:
    """Whether somebody may give a price, and if not, which roles and people may, the nearest first."""

    is_allowed: bool
    percent: Decimal
    limit: Limit
    is_below_floor: bool
    roles: Sequence[str] = ()
    approvers: Sequence[Approver] = ()


def limit_of(actor: Actor, line: DiscountedLine) -> Limit:
    """Give the limit of an actor's roles that reaches furthest for a line."""
    if actor.is_system:
        return Limit(Decimal(100), below_floor=True)
    roles = actor.facts.role_codes if actor.facts else frozenset()
    return strongest(line, roles, discount_limits())


def may_discount(actor: Actor, line: DiscountedLine) -> Verdict:
    """Judge a price that `actor` wants to give: allowed, or by whom it has to be approved."""
    limit = limit_of(actor, line)
    verdict = Verdict(is_within(line, limit), line.percent, limit, line.is_below_floor)
    if verdict.is_allowed:
        return verdict
    able = who_may(line, discount_limits())
    home = actor.facts.home_unit_id if actor.facts else None
    return replace(verdict, roles=able, approvers=_approvers(able, home, but=actor.user_id))


def _approvers(roles: Sequence[str], unit_id: int | None, *, but: int | None) -> list[Approver]:
    """Find who holds one of the roles in a unit or above it, the least powerful and nearest first."""
    path, day = path_of(unit_id), today()
    rows = Position.objects.filter(
        Q(until=None) | Q(until__gte=day),
        since__lte=day,
        unit_id__in=path,
        role__code__in=list(roles),
        user__is_active=True,
    ).exclude(user_id=but or 0)
    found = rows.values_list("user_id", "user__full_name", "role__code", "unit_id").order_by("pk")
    people = [Approver(user, name, role, path.index(unit)) for user, name, role, unit in found]
    people.sort(key=lambda each: (roles.index(each.role), each.steps_up, each.name))
    return list({each.user_id: each for each in reversed(people)}.values())[::-1]


# --- overlaps of price lists ---------------------------------------------------------------------------


@dataclass(frozen=True)
class Neighbour:
    """Another price list that a sale may fit as well: how many lines both have."""

    audience: Audience
    code: str
    name: str
    state: str
    lines: int


def audience_of(row: Mapping[str, Any]) -> Audience:
    """Read whom a list is for from the columns of its row."""
    areas, kinds = frozenset(row["areas"]), frozenset(row["customer_kinds"])
    return Audience(row["id"], row["valid_from"], row["valid_until"], areas, kinds)


def neighbours(list_id: int) -> list[Neighbour]:
    """List the other lists that name some of the same products or plans; drafts too, the bin not."""
    mine = set(_named(list_id))
    if not mine:
        return []
    others = PriceLine.objects.filter(
        deleted_at=None,
        product_id__in={product for product, _plan in mine},
        price_list__deleted_at=None,
        price_list__currency=PriceList.objects.filter(pk=list_id).values("currency")[:1],
    ).exclude(price_list_id=list_id)
    shared: dict[int, int] = defaultdict(int)
    for other, product, plan in others.values_list("price_list_id", "product_id", "plan_id"):
        shared[other] += (product, plan) in mine
    columns = ("id", "code", "name", "state", "valid_from", "valid_until", "areas", "customer_kinds")
    rows = PriceList.objects.filter(pk__in=[each for each, count in shared.items() if count])
    return [
        Neighbour(audience_of(row), row["code"], row["name"], row["state"], shared[row["id"]])
        for row in rows.order_by("-valid_from", "-pk").values(*columns)
    ]


def _named(list_id: int) -> list[tuple[int, int | None]]:
    found = PriceLine.objects.filter(price_list_id=list_id, deleted_at=None)
    return list(found.values_list("product_id", "plan_id"))


@dataclass(frozen=True)
class Priceable:
    """What a list can name a price for: a product, or one plan of it. `key` orders them."""

    product_id: int
    plan_id: int | None
    code: str
    name: str
    plan_code: str
    plan_name: str

    @property
    def id(self) -> str:
        return f"{self.product_id}-{self.plan_id or 0}"

    @property
    def key(self) -> str:
        return f"{self.code}~{self.plan_code}"


def priceable(actor: Actor, *, category: str, after: str, most: int) -> list[Priceable]:
    """List products, each followed by its plans, by code from `after` on; without those no longer sold."""
    day = today()
    still = Q(active_until=None) | Q(active_until__gte=day)
    products = entity_named("products").rows(actor).filter(still)
    if category:
        products = products.filter(category=category)
    code, _mark, plan_code = after.partition("~")
    # Bytes, as every order of codes here: an order by locale would put the key elsewhere.
    ordered = products.annotate(place=Collate("code", "C")).filter(place__gte=Value(code)).order_by("place")
    named = {row[0]: row[1:] for row in ordered.values_list("pk", "code", "name")[:most]}
    plans: dict[int, list[tuple[int, str, str]]] = defaultdict(list)
    found = entity_named("plans").rows(actor).filter(still, product_id__in=list(named))
    for product, pk, own, name in found.values_list("product_id", "pk", "code", "name"):
        plans[product].append((pk, own, name))
    lines = [
        line
        for pk, (own, name) in named.items()
        for line in (
            Priceable(pk, None, own, name, "", ""),
            *(
                Priceable(pk, plan, own, name, plan_own, plan_name)
                for plan, plan_own, plan_name in sorted(plans[pk], key=lambda each: each[1])
            ),
        )
    ]
    later = [each for each in lines if not after or (each.code, each.plan_code) > (code, plan_code)]
    return later[:most]


def sums_of(list_id: int) -> dict[tuple[int, int | None], dict[str, Any]]:
    """Give the sums of a list by product and plan."""
    rows = PriceLine.objects.filter(price_list_id=list_id, deleted_at=None).order_by("pk")
    columns = ("product_id", "plan_id", "price", "one_off_fee", "floor")
    return {(row["product_id"], row["plan_id"]): row for row in rows.values(*columns)}


def lines_of(list_id: int, actor: Actor, *, most: int) -> list[dict[str, Any]]:
    """List the prices of a list by the codes of products and plans, as far as the actor may see them."""
    columns = (
        *("id", "product_id", "plan_id", "price", "one_off_fee", "floor"),
        *("product__code", "product__name", "product__vat_class", "plan__code", "plan__name"),
    )
    found = entity_named("price_lines").rows(actor).filter(price_list_id=list_id)
    order = found.order_by("product__code", F("plan__code").asc(nulls_first=True), "pk")
    return list(order.values(*columns)[:most])


def count_lines(list_id: int) -> int:
    """Count the prices of a list."""
    return PriceLine.objects.filter(price_list_id=list_id, deleted_at=None).count()


def has_lines(list_id: int) -> bool:
    """Tell whether a price list names any price."""
    return PriceLine.objects.filter(price_list_id=list_id, deleted_at=None).exists()


def issued() -> Q:
    """Give the condition of lines that count: those of issued lists, neither in the bin."""
    return Q(deleted_at=None, price_list__deleted_at=None, price_list__state=ListState.ISSUED)
