"""What does it cost: one product for one customer, in one place, on one day, and why."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from duyen.entities.errors import NotAllowed
from duyen.entities.fields import Amount, Choice, Day, Field, Label, Link, Option, Units, Whole
from duyen.entities.registry import entity_named
from duyen.entities.values import read_fields
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.clock import today
from duyen.kernel.dates import show_date
from duyen.kernel.errors import DomainError, FieldProblem
from duyen.modules.catalog import charts, choices, queries, rules
from duyen.modules.catalog.queries import DiscountedLine, Prepaid, Price, Verdict
from duyen.modules.catalog.rules import Judged
from duyen.modules.catalog.tabs import Shown, home_of, sees, sees_prices, shown_offer
from duyen.surfaces.web.middleware import ActorRequest
from duyen.surfaces.web.pages import forms
from duyen.surfaces.web.pages.refusals import page
from duyen.surfaces.web.pages.widgets import Place
from duyen.surfaces.web.shell import Crumb

_MOST = 1_000_000


@dataclass(frozen=True)
class Asked:
    """What a reader asked, read clean; nothing is asked without a product."""

    product: int | None
    plan: int | None
    kind: str
    unit: int | None
    on: Any
    quantity: int
    asked: Any


@dataclass(frozen=True)
class Reason:
    """One offer that was looked at, and why it was taken or not."""

    shown: Shown
    why: str
    is_taken: bool


@dataclass(frozen=True)
class Part:
    """One component of a bundle with its own price."""

    code: str
    name: str
    quantity: int
    price: Price
    sum: queries.Taxed


@require_safe
@page
def show(request: ActorRequest) -> HttpResponse:
    """Show the form, and the answer to what was asked."""
    actor = request.actor
    if not sees_prices(actor):
        raise NotAllowed(why=_("your role gives no right to prices."))
    fields = _fields(actor)
    sent = forms.read_post(fields, request.GET, actor)
    values, problems = read_fields(fields, sent.raw)
    problems = [*sent.problems, *problems]
    place = Place(actor, forms.links_named(actor, fields, sent.typed))
    typed = _started(actor, fields, sent.typed, values)
    place = Place(actor, forms.links_named(actor, fields, typed))
    typed = {name: _named(each, place, fields, name) for name, each in typed.items()}
    asked = _asked(actor, values, request)
    problems += _customer_problem(actor, values)
    answer = {} if problems or asked.product is None else _answer(actor, asked)
    context = {
        "controls": forms.controls_of(fields, typed, problems, place),
        "problems": forms.listed(problems, fields),
        "plans": _plans(actor, asked.product),
        "plan": str(asked.plan or ""),
        "asked": asked,
        "is_asked": asked.product is not None and not problems,
        "crumbs": [Crumb(_("Price check"))],
        **answer,
    }
    return render(request, "catalog/check.html", context, status=422 if problems else 200)


def _fields(actor: Actor) -> list[Field]:
    kinds = [Option(each.code, each.label) for each in choices.customer_kinds()]
    found: list[Field] = [Link("product", gettext_lazy("Product"), to="products")]
    if sees(actor, "customers", "kind"):
        found.append(Link("customer", gettext_lazy("Customer"), to="customers"))
    found += [
        Choice("kind", gettext_lazy("Or kind of customer"), options=kinds),
        Link("unit", gettext_lazy("Sold where"), to="units"),
        Day("on", gettext_lazy("On which day")),
        Whole("quantity", gettext_lazy("Quantity"), least=1, most=_MOST),
        Amount("asked", gettext_lazy("Price that is asked for"), help=gettext_lazy("For one, without VAT.")),
    ]
    return found


def _started(
    actor: Actor, fields: list[Field], typed: Mapping[str, Any], values: Mapping[str, Any]
) -> dict[str, Any]:
    """Let an empty form begin with today, one piece, and where the reader stands."""
    started = dict(typed)
    if not values.get("unit") and not _text_of(typed.get("unit")):
        started["unit"] = {"id": str(home_of(actor) or ""), "text": None}
    started["on"] = typed["on"] or show_date(today())
    started["quantity"] = typed["quantity"] or "1"
    return started


def _text_of(typed: Any) -> str:
    return (typed or {}).get("text") or ""


def _named(typed: Any, place: Place, fields: list[Field], name: str) -> Any:
    """Give a link that was sent by its id alone the words of its record."""
    field = next(each for each in fields if each.name == name)
    if not isinstance(field, Link) or not typed["id"] or typed["text"]:
        return typed
    record = place.linked.get(field.to, {}).get(int(typed["id"])) if typed["id"].isdecimal() else None
    return {"id": typed["id"], "text": record.label if record else ""}


def _asked(actor: Actor, values: Mapping[str, Any], request: ActorRequest) -> Asked:
    plan = request.GET.get("plan", "")
    product = values.get("product")
    plans = {str(each.pk) for each in queries.plans_of(product)} if product else set()
    return Asked(
        product,
        int(plan) if plan in plans and actor.may("plans", READ) else None,
        _kind_of(actor, values),
        values.get("unit") or home_of(actor),
        values.get("on") or today(),
        values.get("quantity") or 1,
        values.get("asked"),
    )


def _kind_of(actor: Actor, values: Mapping[str, Any]) -> str:
    """Give the kind of the customer who was chosen, or the kind itself."""
    if not values.get("customer"):
        return str(values.get("kind") or "")
    found = entity_named("customers").rows(actor).filter(pk=values["customer"])
    return found.order_by("pk").values_list("kind", flat=True).first() or ""


def _customer_problem(actor: Actor, values: Mapping[str, Any]) -> list[FieldProblem]:
    problems = []
    for name, entity in (("product", "products"), ("customer", "customers")):
        wanted = values.get(name)
        if wanted and not entity_named(entity).rows(actor).filter(pk=wanted).exists():
            told = _("There is no such record, or it is not open to you. Choose another one.")
            problems.append(FieldProblem(name, "link", told))
    return problems


def _plans(actor: Actor, product_id: int | None) -> list[dict[str, str]]:
    if product_id is None or not actor.may("plans", READ):
        return []
    return [{"value": str(each.pk), "label": each.name} for each in queries.plans_of(product_id)]


def _answer(actor: Actor, asked: Asked) -> dict[str, Any]:
    product = (
        entity_named("products").rows(actor).values("id", "code", "name", "measure").get(pk=asked.product)
    )
    context: dict[str, Any] = {"product": product, "measure": _measure(actor, product["measure"])}
    phases = queries.price_history(
        product["id"], actor=actor, unit_id=asked.unit, plan_id=asked.plan, kind=asked.kind
    )
    context |= {"phases": phases[::-1], "chart": charts.drawn(phases, today=today())}
    try:
        price = queries.price_for(
            product["id"],
            actor=actor,
            on=asked.on,
            unit_id=asked.unit,
            plan_id=asked.plan,
            kind=asked.kind,
        )
    except DomainError as error:
        return context | {"refusal": error}
    shows_fee, shows_floor = sees(actor, "price_lines", "one_off_fee"), sees(actor, "price_lines", "floor")
    return context | {
        "price": price,
        "sum": price.times(asked.quantity),
        "fee": price.fee() if shows_fee else None,
        "shows_floor": shows_floor,
        "reasons": _reasons(actor, price),
        "parts": _parts(actor, price, asked.quantity),
        "prepaid": _prepaid(price, asked),
        "verdict": _verdict(actor, price, asked) if shows_floor else None,
        "roles": dict(queries.roles()),
    }


def _measure(actor: Actor, code: str) -> Label:
    option = choices.MEASURES.held().by_code.get(code)
    return option.label if option and sees(actor, "products", "measure") else ""


def _prepaid(price: Price, asked: Asked) -> Prepaid | None:
    plan = next((each for each in queries.plans_of(price.product_id) if each.pk == asked.plan), None)
    return queries.prepaid(price, plan) if plan else None


def _verdict(actor: Actor, price: Price, asked: Asked) -> Verdict | None:
    if asked.asked is None:
        return None
    return queries.may_discount(actor, DiscountedLine(price.price, asked.asked, price.floor))


def _parts(actor: Actor, price: Price, quantity: int) -> list[Part]:
    named = {each.product_id: each for each in queries.components_of(price.product_id)} if price.parts else {}
    return [
        Part(
            named[part.product_id].code,
            named[part.product_id].name,
            count * quantity,
            part,
            part.times(count * quantity),
        )
        for part, count in price.parts
    ]


def _reasons(actor: Actor, price: Price) -> list[Reason]:
    """Put into words why this price was taken, and why the others were not."""
    if price.chosen is None:
        return []
    others = [each for each in price.others if each.why_not != rules.OTHER_PLAN]
    names = (
        {each.pk: each.name for each in queries.plans_of(price.product_id)}
        if actor.may("plans", READ)
        else {}
    )

    def one(judged: Judged, *, is_taken: bool) -> Reason:
        words = _why(judged) if is_taken else _why_not(judged, price)
        return Reason(shown_offer(actor, judged.offer, names, price.percent), words, is_taken)

    return [one(price.chosen, is_taken=True), *(one(each, is_taken=False) for each in others)]


def _why(judged: Judged) -> str:
    units, offer = entity_named("price_lists").field("areas"), judged.offer
    where = (
        _("it is for %(area)s") % {"area": units.show((judged.area,))}
        if judged.area is not None and isinstance(units, Units)
        else _("it is for the whole company")
    )
    whom = _("for this kind of customer") if offer.kinds else _("for all kinds of customer")
    what = _("and names this plan") if offer.plan_id else _("and names the product")
    return f"{where}, {whom}, {what}."


def _why_not(judged: Judged, price: Price) -> str:
    if judged.why_not:
        return str(_AGAINST[judged.why_not])
    chosen, other = (price.chosen.rank if price.chosen else judged.rank), judged.rank
    place = next((at for at, (one, two) in enumerate(zip(chosen, other, strict=True)) if one != two), 4)
    return str(_OUTRANKED[place])


_AGAINST: Mapping[str, Label] = {
    rules.OTHER_AREA: gettext_lazy("It is for other places."),
    rules.OTHER_KIND: gettext_lazy("It is for other kinds of customer."),
    rules.NOT_YET: gettext_lazy("It does not hold yet on that day."),
    rules.OVER: gettext_lazy("It is over on that day."),
    rules.OTHER_PLAN: gettext_lazy("It is for another plan."),
}
_OUTRANKED: tuple[Label, ...] = (
    gettext_lazy("The other list is for a place nearer to this one."),
    gettext_lazy("The other list names this kind of customer."),
    gettext_lazy("The other list began later."),
    gettext_lazy("The other list was made later."),
    gettext_lazy("The other price names this plan."),
)
