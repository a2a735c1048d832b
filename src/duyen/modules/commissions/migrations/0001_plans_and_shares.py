"""Make the tables of commissions and of the plans of deals."""

import django.contrib.postgres.indexes
import django.db.models.deletion
import django.db.models.expressions
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("opportunities", "0003_boards_show_what_rests_too"),
        ("org", "0012_news_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Commission",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("delete_reason", models.CharField(default="", max_length=500)),
                ("code", models.CharField(max_length=40)),
                ("source_channel", models.CharField(max_length=20)),
                ("custom", models.JSONField(default=dict)),
                ("derived", models.JSONField(default=dict)),
                ("party_id", models.BigIntegerField(null=True)),
                ("kind", models.CharField(max_length=16)),
                ("beneficiary", models.CharField(max_length=200)),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("beneficiary"), function="duyen_sort_key"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                ("taxed_as", models.CharField(max_length=16)),
                ("split", models.DecimalField(decimal_places=2, max_digits=5)),
                ("condition", models.CharField(default="", max_length=16)),
                ("months", models.SmallIntegerField(null=True)),
                ("note", models.TextField(default="")),
                ("state", models.CharField(default="PLANNED", max_length=12)),
                ("state_since", models.DateTimeField()),
                ("base", models.BigIntegerField(null=True)),
                ("amount", models.BigIntegerField(null=True)),
                ("accrued_on", models.DateField(null=True)),
                ("paid_on", models.DateField(null=True)),
                ("payment_ref", models.CharField(default="", max_length=80)),
                ("pit_withheld", models.BigIntegerField(null=True)),
                ("paid_amount", models.BigIntegerField(null=True)),
                ("clawback_reason", models.CharField(default="", max_length=300)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.Func(models.F("beneficiary"), function="duyen_fold"),
                            models.Value(" |"),
                            models.Func(models.F("code"), template="duyen_fold_codes(%(expressions)s::text)"),
                            arg_joiner=" || ",
                            template="btrim(%(expressions)s, ' ')",
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "code_unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
                    ),
                ),
                (
                    "confirmed_from",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
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
                    "employee",
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
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="opportunities.opportunity",
                    ),
                ),
                (
                    "owner",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="org.unit",
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
                "indexes": [
                    models.Index(fields=["created_at", "id"], name="commissions_by_age"),
                    models.Index(fields=["name_key", "id"], name="commissions_by_beneficiary"),
                    models.Index(fields=["owner", "created_at", "id"], name="commissions_of_an_owner"),
                    models.Index(fields=["unit", "created_at", "id"], name="commissions_of_a_unit"),
                    models.Index(fields=["opportunity", "id"], name="commissions_of_a_deal"),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at", "id"],
                        name="commissions_in_the_bin",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("search"), "gin_trgm_ops"),
                        name="commissions_by_any_part",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["state", "kind", "taxed_as"], name="commissions_by_class"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "code_unit"), name="a_commission_code_is_given_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("state__in", ["PLANNED", "ACCRUED", "APPROVED", "PAID", "CLAWED_BACK"])
                        ),
                        name="a_commission_is_in_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("split__gt", 0), ("split__lte", 100)),
                        name="a_share_is_a_part_of_the_whole",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "PAID"), _negated=True),
                            models.Q(
                                (
                                    "paid_amount",
                                    django.db.models.expressions.CombinedExpression(
                                        models.F("amount"), "-", models.F("pit_withheld")
                                    ),
                                ),
                                ("paid_on__isnull", False),
                            ),
                            _connector="OR",
                        ),
                        name="what_is_paid_is_the_amount_without_its_tax",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Plan",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("basis", models.CharField(default="", max_length=12)),
                ("rate", models.DecimalField(decimal_places=2, max_digits=5, null=True)),
                ("fixed_amount", models.BigIntegerField(null=True)),
                ("total", models.BigIntegerField(null=True)),
                ("none_due", models.CharField(default="", max_length=300)),
                (
                    "opportunity",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="opportunities.opportunity",
                    ),
                ),
                (
                    "planned_by",
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
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("none_due", ""), _negated=True),
                            ("rate__gt", 0),
                            ("fixed_amount__gt", 0),
                            _connector="OR",
                        ),
                        name="a_plan_says_what_is_shared_or_why_not",
                    )
                ],
            },
        ),
    ]
