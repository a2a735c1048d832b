"""Find who had a lead before by an index: it is given to nobody twice."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("assignments", "0003_wards_of_rules")]

    operations = [
        AddIndexConcurrently(
            model_name="assigned",
            index=models.Index(fields=["lead_id"], name="to_whom_a_lead_was_assigned"),
        ),
    ]
