"""What the catalogue declares, in the order in which it stands in the navigation."""

from duyen.entities.registry import register
from duyen.modules.catalog.entities.prices import price_lines, price_lists
from duyen.modules.catalog.entities.products import plans, products
from duyen.modules.catalog.entities.vat import vat_rates

register(products, plans, price_lists, price_lines, vat_rates)

__all__ = ["plans", "price_lines", "price_lists", "products", "vat_rates"]
