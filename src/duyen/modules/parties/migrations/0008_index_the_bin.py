"""Find what was deleted last without reading the whole table."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("parties", "0007_fold_what_is_plain_by_itself")]

    operations = [
        AddIndexConcurrently(
            model_name="party",
            index=models.Index(
                fields=["deleted_at", "id"],
                condition=models.Q(deleted_at__isnull=False),
                name="parties_in_the_bin",
            ),
        ),
    ]
