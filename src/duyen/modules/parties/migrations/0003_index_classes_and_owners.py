"""Find rare combinations of the classifying columns, and sort one owner's rows without fetching them."""

import django.contrib.postgres.indexes
from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("parties", "0002_trace_parties")]

    operations = [
        AddIndexConcurrently(
            model_name="party",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["relationship_state", "industry", "province", "source", "tags"],
                name="parties_by_class",
            ),
        ),
        AddIndexConcurrently(
            model_name="party",
            index=models.Index(
                fields=["owner", "name_key", "id"],
                include=["given_key", "created_at", "role_mask", "deleted_at"],
                name="parties_owned",
            ),
        ),
        RemoveIndexConcurrently(model_name="party", name="parties_of_an_owner"),
    ]
