"""What a bundle holds: steps on the product that is the bundle."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.db import connection
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.errors import InvalidValues, Refused
from duyen.entities.fields import Label, Link, Whole
from duyen.entities.registry import entity_named
from duyen.entities.standard import write_changes
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor
from duyen.kernel.errors import FieldProblem
from duyen.modules.catalog import queries, rules
from duyen.modules.catalog.models import Component

_MOST = 10_000
#: Serialises changes to what bundles hold, so that two of them cannot close a loop together.
_LOOP_LOCK = 0x62756E64


class HoldsItself(Refused):
    """The bundle would hold itself, perhaps over several steps."""

    code = "bundle_loop"
    sentence = _("That product holds this bundle, so the bundle would hold itself. Choose another one.")


class NoSuchComponent(Refused):
    """The component is gone, or it is none of this bundle's."""

    code = "no_such_component"
    sentence = _("This component is no longer in the bundle. Look at it again.")


_COMPONENT = Whole("component", _("Component"), required=True, least=1, most=2**62)
_QUANTITY = Whole("quantity", _("Quantity"), required=True, least=1, most=_MOST, default=1)


def _is_bundle(row: Mapping[str, Any]) -> bool:
    return bool(row["bundle_pricing"])


@action(
    "products.add_component",
    label=_("Add a component"),
    asks=(Link("product", _("Product"), to="products", required=True), _QUANTITY),
    icon="package-plus",
    fits=_is_bundle,
)
def add_component(*, actor: Actor, row: Mapping[str, Any], product: int, quantity: int) -> Mapping[str, Any]:
    """Put a product into a bundle. Raises InvalidValues or HoldsItself."""
    if not entity_named("products").rows(actor).filter(pk=product).exists():
        told = _("There is no such record, or it is not open to you. Choose another one.")
        raise InvalidValues([FieldProblem("product", "link", told)])
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOOP_LOCK])
    held = queries.all_components()
    if rules.closes_a_loop(row["id"], product, held):
        raise HoldsItself
    if product in held.get(row["id"], {}):
        told = _("The bundle holds this product already. Change its quantity.")
        raise InvalidValues([FieldProblem("product", "taken", told)])
    (row_id,) = next_ids(Component, 1)
    made = {"id": row_id, "bundle_id": row["id"], "product_id": product, "quantity": quantity}
    insert_rows(Component, [made])
    return _touched(actor, row)


@action(
    "products.change_component",
    label=_("Change the quantity"),
    asks=(_COMPONENT, _QUANTITY),
    icon="pencil",
    part="component",
)
def change_component(
    *, actor: Actor, row: Mapping[str, Any], component: int, quantity: int
) -> Mapping[str, Any]:
    """Say how many of a component a bundle holds. Raises NoSuchComponent."""
    _refuse_foreign(row, component)
    update_row(Component, component, {"quantity": quantity})
    return _touched(actor, row)


@action(
    "products.remove_component",
    label=_("Take out of the bundle"),
    asks=(_COMPONENT,),
    icon="x",
    part="component",
)
def remove_component(*, actor: Actor, row: Mapping[str, Any], component: int) -> Mapping[str, Any]:
    """Take a component out of a bundle. Raises NoSuchComponent."""
    _refuse_foreign(row, component)
    Component.objects.filter(pk=component).delete()
    return _touched(actor, row)


def _refuse_foreign(row: Mapping[str, Any], component: int) -> None:
    if not Component.objects.filter(pk=component, bundle_id=row["id"]).exists():
        raise NoSuchComponent


def _touched(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give the bundle a new version: whoever looked at it before looks again before she saves."""
    return {**row, "version": write_changes(entity_named("products"), actor, row, {})}


def why_keep_product(row: Mapping[str, Any]) -> Label | None:
    """Say why a product cannot go into the bin: what was sold by its prices must stay explicable."""
    if queries.is_priced(row["id"]):
        return _("price lists name it. Give it a last day on sale instead.")
    if queries.is_in_bundle(row["id"]):
        return _("it is part of a bundle. Take it out there first.")
    return None


def why_keep_plan(row: Mapping[str, Any]) -> Label | None:
    """Say why a plan cannot go into the bin."""
    if queries.is_plan_priced(row["id"]):
        return _("price lists name it. Give it a last day on sale instead.")
    return None
