"""Let activities recur, and remind people of them."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0002_trace_activities"),
        ("org", "0012_news_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Series",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("rule", models.CharField(max_length=400)),
                ("column", models.CharField(max_length=10)),
                ("starts_at", models.DateTimeField()),
                ("length", models.IntegerField(null=True)),
                ("due_after", models.IntegerField(null=True)),
                ("template", models.JSONField()),
                ("made_until", models.DateTimeField()),
                ("ended_at", models.DateTimeField(null=True)),
                ("end_reason", models.CharField(default="", max_length=300)),
            ],
        ),
        migrations.RemoveIndex(
            model_name="activity",
            name="activities_of_a_series",
        ),
        migrations.RemoveIndex(
            model_name="activity",
            name="activities_to_remind_of",
        ),
        migrations.AddField(
            model_name="activity",
            name="remind_before",
            field=models.IntegerField(null=True),
        ),
        migrations.AddField(
            model_name="activity",
            name="reminded_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="activity",
            index=models.Index(
                condition=models.Q(("remind_at__isnull", False), ("reminded_at", None)),
                fields=["remind_at"],
                name="activities_to_remind_of",
            ),
        ),
        migrations.AddConstraint(
            model_name="activity",
            constraint=models.UniqueConstraint(
                condition=models.Q(("series_id__isnull", False)),
                fields=("series_id", "occurrence"),
                name="a_series_falls_once_at_a_time",
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="created_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddField(
            model_name="series",
            name="updated_by",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to=settings.AUTH_USER_MODEL,
            ),
        ),
        migrations.AddIndex(
            model_name="series",
            index=models.Index(
                condition=models.Q(("ended_at", None)), fields=["id"], name="series_that_go_on"
            ),
        ),
        TraceTable("activities_series", entity="series_of_activities"),
    ]
