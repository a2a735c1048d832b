import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("campaigns", "0002_trace_campaigns"),
        ("org", "0012_news_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Competitor",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("delete_reason", models.CharField(default="", max_length=500)),
                ("name", models.CharField(max_length=160)),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("name"), function="duyen_sort_key"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("name"), arg_joiner=" || ", template="duyen_fold(%(expressions)s)"
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                ("website", models.CharField(default="", max_length=200)),
                ("strengths", models.TextField(default="")),
                ("weaknesses", models.TextField(default="")),
                ("counter", models.TextField(default="")),
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
        ),
        migrations.CreateModel(
            name="Opportunity",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("code", models.CharField(max_length=40)),
                ("source_channel", models.CharField(max_length=20)),
                ("custom", models.JSONField(default=dict)),
                ("derived", models.JSONField(default=dict)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("delete_reason", models.CharField(default="", max_length=500)),
                ("name", models.CharField(max_length=200)),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("name"), function="duyen_sort_key"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                ("party_id", models.BigIntegerField()),
                ("stage_since", models.DateTimeField()),
                ("steps_back", models.SmallIntegerField(default=0)),
                ("state", models.CharField(default="OPEN", max_length=10)),
                ("state_since", models.DateTimeField()),
                ("type", models.CharField(default="", max_length=40)),
                ("source", models.CharField(default="", max_length=40)),
                ("probability", models.SmallIntegerField(default=0)),
                ("forecast", models.CharField(default="", max_length=40)),
                ("amount", models.BigIntegerField(null=True)),
                ("one_off", models.BigIntegerField(default=0)),
                ("monthly", models.BigIntegerField(default=0)),
                ("line_count", models.SmallIntegerField(default=0)),
                (
                    "weighted",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("amount"),
                            models.F("probability"),
                            arg_joiner=" * ",
                            template="round((%(expressions)s) / 100.0)::bigint",
                        ),
                        output_field=models.BigIntegerField(null=True),
                    ),
                ),
                ("expected_close", models.DateField()),
                ("closed_on", models.DateField(null=True)),
                ("actual_amount", models.BigIntegerField(null=True)),
                ("resume_on", models.DateField(null=True)),
                ("win_reason", models.CharField(default="", max_length=40)),
                ("loss_reason", models.CharField(default="", max_length=40)),
                ("cancel_reason", models.CharField(default="", max_length=40)),
                ("price_gap", models.BigIntegerField(null=True)),
                ("close_note", models.TextField(default="")),
                ("budget", models.BigIntegerField(null=True)),
                ("pain_points", models.TextField(default="")),
                ("decision_process", models.TextField(default="")),
                ("next_step", models.CharField(default="", max_length=250)),
                ("install_place", models.CharField(default="", max_length=250)),
                ("rival_contract_end", models.DateField(null=True)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.Func(models.F("name"), function="duyen_fold"),
                            models.Value(" |"),
                            models.Func(models.F("code"), template="duyen_fold_codes(%(expressions)s::text)"),
                            arg_joiner=" || ",
                            template="btrim(%(expressions)s, ' ')",
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                (
                    "campaign",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="campaigns.campaign",
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
        ),
        migrations.CreateModel(
            name="Line",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("position", models.SmallIntegerField(default=1)),
                ("product_id", models.BigIntegerField()),
                ("plan_id", models.BigIntegerField(null=True)),
                ("quantity", models.IntegerField()),
                ("list_price", models.BigIntegerField()),
                ("unit_price", models.BigIntegerField()),
                ("fee", models.BigIntegerField(default=0)),
                ("period", models.SmallIntegerField(null=True)),
                ("term_months", models.SmallIntegerField(default=0)),
                ("prepaid_months", models.SmallIntegerField(default=0)),
                ("free_months", models.SmallIntegerField(default=0)),
                ("one_off", models.BigIntegerField()),
                ("monthly", models.BigIntegerField()),
                ("total", models.BigIntegerField()),
                ("site", models.CharField(default="", max_length=250)),
                ("feasibility", models.CharField(default="", max_length=12)),
                ("priced_on", models.DateField()),
                (
                    "opportunity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="opportunities.opportunity",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Encounter",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("product", models.CharField(default="", max_length=160)),
                ("price", models.BigIntegerField(null=True)),
                ("strengths", models.CharField(default="", max_length=500)),
                ("weaknesses", models.CharField(default="", max_length=500)),
                ("counter", models.CharField(default="", max_length=500)),
                ("threat", models.SmallIntegerField(default=3)),
                ("is_incumbent", models.BooleanField(default=False)),
                ("is_winner", models.BooleanField(default=False)),
                ("info_source", models.CharField(default="", max_length=160)),
                ("captured_on", models.DateField()),
                (
                    "competitor",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="opportunities.competitor",
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
            ],
        ),
        migrations.CreateModel(
            name="Contact",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("contact_id", models.BigIntegerField()),
                ("role", models.CharField(default="", max_length=20)),
                ("is_primary", models.BooleanField(default=False)),
                ("influence", models.SmallIntegerField(default=3)),
                ("attitude", models.SmallIntegerField(default=0)),
                ("strength", models.SmallIntegerField(default=1)),
                ("note", models.CharField(default="", max_length=300)),
                (
                    "opportunity",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="opportunities.opportunity",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Pipeline",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("delete_reason", models.CharField(default="", max_length=500)),
                ("name", models.CharField(max_length=120)),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("name"), function="duyen_sort_key"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("name"), arg_joiner=" || ", template="duyen_fold(%(expressions)s)"
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                ("position", models.IntegerField(default=1)),
                ("note", models.TextField(default="")),
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
        ),
        migrations.AddField(
            model_name="opportunity",
            name="pipeline",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="opportunities.pipeline",
            ),
        ),
        migrations.CreateModel(
            name="Stage",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("deleted_at", models.DateTimeField(null=True)),
                ("delete_reason", models.CharField(default="", max_length=500)),
                ("name", models.CharField(max_length=80)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.F("name"), arg_joiner=" || ", template="duyen_fold(%(expressions)s)"
                        ),
                        output_field=models.TextField(),
                    ),
                ),
                ("position", models.IntegerField(default=1)),
                ("probability", models.SmallIntegerField(default=0)),
                ("checklist", models.TextField(default="")),
                (
                    "required",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("stale_after", models.SmallIntegerField(null=True)),
                ("tone", models.CharField(default="gray", max_length=8)),
                ("is_late", models.BooleanField(default=False)),
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
                    "pipeline",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="stages",
                        to="opportunities.pipeline",
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
        ),
        migrations.AddField(
            model_name="opportunity",
            name="stage",
            field=models.ForeignKey(
                db_index=False,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="opportunities.stage",
            ),
        ),
        migrations.CreateModel(
            name="Answer",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("party_id", models.BigIntegerField()),
                ("item", models.CharField(max_length=300)),
                ("answered_at", models.DateTimeField()),
                (
                    "answered_by",
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
        ),
        migrations.AddIndex(
            model_name="competitor",
            index=models.Index(fields=["name_key", "id"], name="competitors_by_name"),
        ),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(fields=["opportunity", "position", "id"], name="lines_of_an_opportunity"),
        ),
        migrations.AddIndex(
            model_name="line",
            index=models.Index(fields=["product_id", "opportunity"], name="lines_with_a_product"),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("quantity__gt", 0)), name="a_line_holds_at_least_one"
            ),
        ),
        migrations.AddConstraint(
            model_name="line",
            constraint=models.CheckConstraint(
                condition=models.Q(("fee__gte", 0), ("list_price__gte", 0), ("unit_price__gte", 0)),
                name="a_line_costs_nothing_or_more",
            ),
        ),
        migrations.AddIndex(
            model_name="encounter",
            index=models.Index(fields=["competitor", "opportunity"], name="deals_of_a_competitor"),
        ),
        migrations.AddConstraint(
            model_name="encounter",
            constraint=models.UniqueConstraint(
                fields=("opportunity", "competitor"), name="a_deal_meets_a_competitor_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="encounter",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_winner", True)),
                fields=("opportunity",),
                name="one_competitor_wins_a_deal",
            ),
        ),
        migrations.AddConstraint(
            model_name="encounter",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("threat__gte", 1),
                    ("threat__lte", 5),
                    models.Q(("price", None), ("price__gte", 0), _connector="OR"),
                ),
                name="a_threat_is_on_its_scale",
            ),
        ),
        migrations.AddIndex(
            model_name="contact",
            index=models.Index(fields=["contact_id"], name="deals_of_a_contact"),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                fields=("opportunity", "contact_id"), name="a_deal_names_a_contact_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_primary", True)),
                fields=("opportunity",),
                name="a_deal_has_one_primary_contact",
            ),
        ),
        migrations.AddConstraint(
            model_name="contact",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("attitude__gte", -2),
                    ("attitude__lte", 2),
                    ("influence__gte", 1),
                    ("influence__lte", 5),
                    ("strength__gte", 1),
                    ("strength__lte", 5),
                ),
                name="influence_attitude_and_strength_are_on_their_scales",
            ),
        ),
        migrations.AddIndex(
            model_name="pipeline",
            index=models.Index(fields=["position", "id"], name="pipelines_in_their_order"),
        ),
        migrations.AddIndex(
            model_name="stage",
            index=models.Index(fields=["position", "id"], name="stages_in_their_order"),
        ),
        migrations.AddConstraint(
            model_name="stage",
            constraint=models.CheckConstraint(
                condition=models.Q(("probability__gte", 0), ("probability__lte", 100)),
                name="the_probability_of_a_stage_is_in_per_cent",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["expected_close", "id"], name="opportunities_by_close"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["created_at", "id"], name="opportunities_by_age"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["name_key", "id"], name="opportunities_by_name"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["owner", "expected_close", "id"], name="opportunities_of_an_owner"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["unit", "expected_close", "id"], name="opportunities_of_a_unit"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                condition=models.Q(("state", "OPEN")),
                fields=["stage", "expected_close", "id"],
                name="open_opportunities_of_a_stage",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["party_id", "expected_close"], name="opportunities_of_a_party"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                condition=models.Q(("deleted_at__isnull", False)),
                fields=["deleted_at", "id"],
                name="opportunities_in_the_bin",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=django.contrib.postgres.indexes.GinIndex(
                django.contrib.postgres.indexes.OpClass(models.F("search"), "gin_trgm_ops"),
                name="opportunities_by_any_part",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["state", "type", "source", "stage", "pipeline", "campaign"],
                name="opportunities_by_class",
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.UniqueConstraint(
                fields=("code", "code_unit"), name="an_opportunity_code_is_given_once"
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.CheckConstraint(
                condition=models.Q(("state__in", ["OPEN", "ON_HOLD", "WON", "LOST", "CANCELLED"])),
                name="an_opportunity_is_in_a_known_state",
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("closed_on__isnull", False), ("state__in", ["WON", "LOST", "CANCELLED"])),
                    models.Q(
                        ("closed_on", None),
                        models.Q(("state__in", ["WON", "LOST", "CANCELLED"]), _negated=True),
                    ),
                    _connector="OR",
                ),
                name="what_is_closed_says_on_which_day",
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.CheckConstraint(
                condition=models.Q(("probability__gte", 0), ("probability__lte", 100)),
                name="the_probability_of_a_deal_is_in_per_cent",
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("amount", None), ("amount__gte", 0), _connector="OR"),
                    ("monthly__gte", 0),
                    ("one_off__gte", 0),
                ),
                name="the_sums_of_a_deal_are_not_negative",
            ),
        ),
        migrations.AddConstraint(
            model_name="opportunity",
            constraint=models.CheckConstraint(
                condition=models.Q(("name", ""), _negated=True), name="an_opportunity_has_a_name"
            ),
        ),
        migrations.AddConstraint(
            model_name="answer",
            constraint=models.UniqueConstraint(
                fields=("opportunity", "stage", "item"), name="an_item_is_settled_once"
            ),
        ),
    ]
