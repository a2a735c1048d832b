"""Put the catalogue under the trail; a component shows in the history of its bundle."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("catalog", "0001_products_plans_and_prices"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("catalog_product", entity="products", left_out=["name_key", "search"]),
        TraceTable("catalog_plan", entity="plans", left_out=["name_key", "search"]),
        TraceTable("catalog_component", entity="components", root=("products", "bundle_id")),
        TraceTable("catalog_pricelist", entity="price_lists", left_out=["name_key", "search"]),
        TraceTable("catalog_priceline", entity="price_lines", left_out=["search"]),
        TraceTable("catalog_vatrate", entity="vat_rates", left_out=["search"]),
    ]
