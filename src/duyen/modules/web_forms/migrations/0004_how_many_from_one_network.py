"""Let each form say how many it takes from one network."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("web_forms", "0003_entries_of_a_lead")]

    operations = [
        migrations.AddField(
            model_name="webform",
            name="per_caller",
            field=models.SmallIntegerField(default=5),
        ),
        migrations.AddConstraint(
            model_name="webform",
            constraint=models.CheckConstraint(
                condition=models.Q(("per_caller__gte", 1), ("per_caller__lte", 100)),
                name="a_web_form_takes_some_from_a_network_and_no_flood",
            ),
        ),
    ]
