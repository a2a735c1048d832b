import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("campaigns", "0002_trace_campaigns"),
        ("opportunities", "0005_by_what_deals_are_judged"),
        ("org", "0012_news_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Lead",
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
                ("raw", models.JSONField(default=dict)),
                ("name", models.CharField(max_length=250)),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("name"), function="duyen_sort_key"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                ("kind", models.CharField(default="", max_length=20)),
                ("honorific", models.CharField(default="", max_length=8)),
                ("job_title", models.CharField(default="", max_length=120)),
                (
                    "phones",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("phone_notes", models.JSONField(default=dict)),
                (
                    "emails",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("email_notes", models.JSONField(default=dict)),
                ("company", models.CharField(default="", max_length=250)),
                ("tax_code", models.CharField(default="", max_length=14)),
                ("personal_id", models.BinaryField(null=True)),
                ("personal_id_mac", models.BinaryField(null=True)),
                ("addresses", models.JSONField(default=list)),
                ("ward_code", models.CharField(default="", max_length=5)),
                ("province_code", models.CharField(default="", max_length=2)),
                ("address_status", models.CharField(default="", max_length=12)),
                ("industry", models.CharField(default="", max_length=40)),
                ("legal_form", models.CharField(default="", max_length=40)),
                ("size_band", models.CharField(default="", max_length=20)),
                ("revenue_band", models.CharField(default="", max_length=20)),
                (
                    "tags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.TextField(), default=list, size=None
                    ),
                ),
                ("source", models.CharField(default="", max_length=40)),
                ("source_detail", models.CharField(default="", max_length=200)),
                ("referrer_id", models.BigIntegerField(null=True)),
                ("purpose", models.CharField(default="", max_length=40)),
                (
                    "product_ids",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("need", models.TextField(default="")),
                ("budget", models.BigIntegerField(null=True)),
                ("wanted_by", models.DateField(null=True)),
                ("is_decider", models.BooleanField(default=False)),
                ("is_feasible", models.BooleanField(default=False)),
                ("provider_until", models.DateField(null=True)),
                ("temperature", models.CharField(default="WARM", max_length=8)),
                ("note", models.TextField(default="")),
                ("state", models.CharField(default="NEW", max_length=14)),
                ("state_since", models.DateTimeField()),
                ("assigned_at", models.DateTimeField(null=True)),
                ("first_due_at", models.DateTimeField(null=True)),
                ("reclaim_at", models.DateTimeField(null=True)),
                ("first_response_at", models.DateTimeField(null=True)),
                ("next_action_on", models.DateField(null=True)),
                ("disqualify_reason", models.CharField(default="", max_length=40)),
                ("revisit_on", models.DateField(null=True)),
                ("reopened", models.SmallIntegerField(default=0)),
                ("party_id", models.BigIntegerField()),
                ("firm_id", models.BigIntegerField(null=True)),
                ("own_party_id", models.BigIntegerField()),
                ("own_firm_id", models.BigIntegerField(null=True)),
                ("customer_id", models.BigIntegerField(null=True)),
                ("converted_at", models.DateTimeField(null=True)),
                ("contact_id", models.BigIntegerField(null=True)),
                ("opportunity_id", models.BigIntegerField(null=True)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.Func(models.F("name"), function="duyen_fold"),
                            models.Value(" "),
                            models.Func(models.F("company"), function="duyen_fold"),
                            models.Value(" "),
                            models.Func(
                                models.Value("|"),
                                models.F("code"),
                                models.Value(" |"),
                                models.Func(models.F("phones"), function="duyen_join"),
                                models.Value(" |"),
                                models.Func(models.F("emails"), function="duyen_join"),
                                models.Value(" |"),
                                models.F("tax_code"),
                                arg_joiner=" || ",
                                template="duyen_fold_codes(%(expressions)s)",
                            ),
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
                    "collaborator",
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
                    "current_provider",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="opportunities.competitor",
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
                    "duplicate_of",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="leads.lead",
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
                    models.Index(fields=["created_at", "id"], name="leads_by_age"),
                    models.Index(fields=["name_key", "id"], name="leads_by_name"),
                    models.Index(fields=["owner", "created_at", "id"], name="leads_of_an_owner"),
                    models.Index(fields=["unit", "created_at", "id"], name="leads_of_a_unit"),
                    models.Index(fields=["first_due_at", "id"], name="leads_by_first_contact"),
                    models.Index(fields=["party_id"], name="leads_of_a_party"),
                    models.Index(
                        condition=models.Q(("firm_id__isnull", False)),
                        fields=["firm_id"],
                        name="leads_of_a_firm",
                    ),
                    models.Index(
                        condition=models.Q(("customer_id__isnull", False)),
                        fields=["customer_id"],
                        name="leads_of_a_customer",
                    ),
                    models.Index(
                        condition=models.Q(("state", "ASSIGNED")),
                        fields=["reclaim_at"],
                        name="leads_to_be_taken_back",
                    ),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at", "id"],
                        name="leads_in_the_bin",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("search"), "gin_trgm_ops"),
                        name="leads_by_any_part",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=[
                            "state",
                            "temperature",
                            "source",
                            "campaign",
                            "industry",
                            "province_code",
                            "ward_code",
                            "tags",
                        ],
                        name="leads_by_class",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "code_unit"), name="a_lead_code_is_given_once"),
                    models.CheckConstraint(
                        condition=models.Q(("name", ""), _negated=True), name="a_lead_has_a_name"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                [
                                    "NEW",
                                    "ASSIGNED",
                                    "CONTACTED",
                                    "QUALIFIED",
                                    "NURTURING",
                                    "DISQUALIFIED",
                                    "CONVERTED",
                                ],
                            )
                        ),
                        name="a_lead_is_in_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(
                                ("converted_at__isnull", False),
                                ("customer_id__isnull", False),
                                ("state", "CONVERTED"),
                            ),
                            models.Q(("converted_at", None), models.Q(("state", "CONVERTED"), _negated=True)),
                            _connector="OR",
                        ),
                        name="a_lead_that_became_a_customer_names_it",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state", "DISQUALIFIED"), _negated=True),
                            models.Q(("disqualify_reason", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="a_lead_is_given_up_for_a_reason",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("budget", None), ("budget__gte", 0), _connector="OR"),
                        name="the_budget_of_a_lead_is_not_negative",
                    ),
                ],
            },
        ),
    ]
