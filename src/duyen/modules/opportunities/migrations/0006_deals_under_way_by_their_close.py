"""Find what is under way by its close without passing all that is closed, with as many indexes as before."""

import django.contrib.postgres.indexes
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_trace_campaigns"),
        ("opportunities", "0005_by_what_deals_are_judged"),
        ("org", "0012_news_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                condition=models.Q(("state__in", ["OPEN", "ON_HOLD"])),
                fields=["expected_close", "id"],
                name="opportunities_to_close",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["unit", "state"], name="opportunities_of_units"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=[
                    *("state", "type", "source", "stage", "pipeline", "campaign"),
                    *("competitor_ids", "lost_to"),
                ],
                name="opportunities_by_any_class",
            ),
        ),
        migrations.RemoveIndex(model_name="opportunity", name="opportunities_of_a_unit"),
        migrations.RemoveIndex(model_name="opportunity", name="opportunities_by_class"),
        migrations.RemoveIndex(model_name="opportunity", name="opportunities_by_competitor"),
    ]
