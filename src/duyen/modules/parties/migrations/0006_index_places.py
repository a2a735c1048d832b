"""Find rare combinations of the classifying columns, places by code among them."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("parties", "0005_places_by_code")]

    operations = [
        AddIndexConcurrently(
            model_name="party",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=[
                    *("relationship_state", "industry", "source", "tags"),
                    *("province_code", "ward_code", "address_status"),
                ],
                name="parties_by_class",
            ),
        ),
    ]
