"""The writes of the catalogue: bundles, price lists with their lines, limits of discounts."""

from duyen.modules.catalog.actions.bundles import (
    HoldsItself,
    NoSuchComponent,
    add_component,
    change_component,
    remove_component,
)
from duyen.modules.catalog.actions.limits import keep_limits
from duyen.modules.catalog.actions.lists import LIFECYCLE, copy_list, why_keep_list
from duyen.modules.catalog.actions.prices import set_prices

__all__ = [
    "LIFECYCLE",
    "HoldsItself",
    "NoSuchComponent",
    "add_component",
    "change_component",
    "copy_list",
    "keep_limits",
    "remove_component",
    "set_prices",
    "why_keep_list",
]
