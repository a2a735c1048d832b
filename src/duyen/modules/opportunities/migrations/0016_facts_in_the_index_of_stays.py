"""Let the index of the stays of deals hold what reports ask of them, and find those that came back."""

from django.contrib.postgres.operations import AddIndexConcurrently, RemoveIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("opportunities", "0015_mark_first_stays")]

    operations = [
        AddIndexConcurrently(
            model_name="stay",
            index=models.Index(
                fields=["opportunity", "stage"],
                include=["days", "left", "is_first", "is_first_there"],
                name="stays_of_a_deal_by_stage",
            ),
        ),
        AddIndexConcurrently(
            model_name="stay",
            index=models.Index(
                fields=["opportunity", "stage"],
                condition=models.Q(is_first_there=False),
                name="stays_again_in_a_stage",
            ),
        ),
        RemoveIndexConcurrently(model_name="stay", name="stays_of_an_opportunity"),
    ]
