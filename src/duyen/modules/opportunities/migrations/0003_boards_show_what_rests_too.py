"""Let the index of what a board shows hold the deals that rest as well."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0002_trace_deals")]

    operations = [
        migrations.RemoveIndex(
            model_name="opportunity",
            name="open_opportunities_of_a_stage",
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                condition=models.Q(("state__in", ["OPEN", "ON_HOLD"])),
                fields=["stage", "expected_close", "id"],
                name="opportunities_under_way",
            ),
        ),
    ]
