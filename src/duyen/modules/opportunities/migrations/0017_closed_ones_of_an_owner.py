"""Let the index of the deals of an owner tell which of them were closed, and when."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("opportunities", "0016_facts_in_the_index_of_stays")]

    operations = [
        AddIndexConcurrently(
            model_name="opportunity",
            index=models.Index(
                fields=["owner", "expected_close", "id"],
                include=["deleted_at", "state", "closed_on"],
                name="opportunities_of_one_owner",
            ),
        ),
        RemoveIndexConcurrently(model_name="opportunity", name="opportunities_of_an_owner"),
    ]
