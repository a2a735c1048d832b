"""Keep how long each deal stood in every stage."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("opportunities", "0006_deals_under_way_by_their_close"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Stay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("entered_at", models.DateTimeField()),
                ("left_at", models.DateTimeField(null=True)),
                ("left", models.CharField(default="", max_length=10)),
                ("rested", models.IntegerField(default=0)),
                (
                    "days",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            output_field=models.IntegerField(null=True),
                            template="greatest((left_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - (entered_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date - rested, CASE WHEN left_at IS NOT NULL THEN 0 END)",
                        ),
                        output_field=models.IntegerField(null=True),
                    ),
                ),
                (
                    "entered_by",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "opportunity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="opportunities.opportunity",
                    ),
                ),
                (
                    "stage",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="opportunities.stage",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["opportunity", "entered_at"], name="stays_of_an_opportunity"),
                    models.Index(fields=["stage", "opportunity"], name="stays_in_a_stage"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("left_at", None)),
                        fields=("opportunity",),
                        name="a_deal_stands_in_one_stage",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("left", ""), ("left_at", None)),
                            models.Q(
                                models.Q(("left", ""), _negated=True),
                                ("left_at__gte", models.F("entered_at")),
                            ),
                            _connector="OR",
                        ),
                        name="a_stay_that_ended_says_how",
                    ),
                ],
            },
        ),
    ]
