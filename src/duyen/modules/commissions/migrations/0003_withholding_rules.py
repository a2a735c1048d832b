"""Let the company say from which day tax on commissions is withheld by another rule."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("commissions", "0002_trace_commissions"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="WithholdingRule",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("delete_reason", models.CharField(default="", max_length=500)),
                ("source_channel", models.CharField(default="", max_length=20)),
                ("custom", models.JSONField(default=dict)),
                ("derived", models.JSONField(default=dict)),
                ("since", models.DateField()),
                ("percent", models.DecimalField(decimal_places=2, max_digits=5)),
                ("least", models.BigIntegerField()),
                ("basis", models.CharField(max_length=300)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("basis"), arg_joiner=" || ", template="duyen_fold(%(expressions)s)"
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "created_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "deleted_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "updated_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["since", "id"], name="withholding_rules_by_day")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("least__gte", 0), ("percent__gte", 0), ("percent__lte", 100)),
                        name="what_is_withheld_is_a_part_of_a_payment",
                    )
                ],
            },
        ),
    ]
