"""The pages of the catalogue that cannot be derived."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import URLPattern, path
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.settings.declaring import declare_area
from duyen.modules.catalog.actions.limits import may_keep_limits
from duyen.modules.catalog.pages import check, limits, lines, vat
from duyen.modules.catalog.tabs import sees_prices
from duyen.surfaces.web.commands import Command, offer_commands
from duyen.surfaces.web.shell import OwnPage, put_into_navigation

urlpatterns: list[URLPattern] = [
    path("price-check", check.show, name="price_check"),
    path("vat", vat.show, name="vat"),
    path("settings/discounts", limits.show, name="discount_limits"),
    path("price_lists/<int:list_id>/prices", lines.show, name="enter_prices"),
]

put_into_navigation(
    OwnPage(
        pgettext_lazy("navigation", "Catalog"),
        _("Price check"),
        "/price-check",
        icon="calculator",
        under="/products",
        may_open=sees_prices,
    )
)
put_into_navigation(
    OwnPage(
        pgettext_lazy("navigation", "Catalog"),
        _("VAT rates"),
        "/vat",
        icon="percent",
        may_open=vat.may_open,
        under="/products",
    )
)
declare_area(
    "vat",
    label=_("VAT rates"),
    help=_("What each class of products is taxed, by law and by what you add, from which day."),
    icon="percent",
    url="/vat",
    order=21,
    may_open=vat.may_add,
    also=_("tax value added"),
)
declare_area(
    "discounts",
    label=_("Discount limits"),
    help=_("How much each role may take off a price, and who may go below the floor price."),
    icon="badge-percent",
    url="/settings/discounts",
    order=25,
    may_open=may_keep_limits,
    group=_("People and rights"),
    also=_("approval rebate floor price"),
)


def _commands(actor: Actor) -> Iterator[Command]:
    if sees_prices(actor):
        words = gettext("price cost how much")
        yield Command(gettext("Look up what something costs"), "calculator", "/price-check", also=words)


offer_commands(_commands)
