"""Make the table of data requests."""

import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0012_news_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="SubjectRequest",
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
                ("requester", models.CharField(max_length=200)),
                (
                    "name_key",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(models.F("requester"), function="duyen_sort_key"),
                        output_field=models.TextField(db_collation="C"),
                    ),
                ),
                ("kind", models.CharField(max_length=12)),
                ("customer_id", models.BigIntegerField(null=True)),
                ("contact_id", models.BigIntegerField(null=True)),
                ("received_on", models.DateField()),
                ("received_by", models.CharField(max_length=12)),
                ("wish", models.TextField(default="")),
                ("through_processor", models.BooleanField(default=False)),
                ("acknowledge_by", models.DateTimeField()),
                ("acknowledged_at", models.DateTimeField(null=True)),
                ("due_at", models.DateTimeField()),
                ("added_days", models.SmallIntegerField(default=0)),
                ("added_why", models.CharField(default="", max_length=300)),
                ("proven_by", models.CharField(default="", max_length=20)),
                ("proof", models.CharField(default="", max_length=300)),
                ("answered_at", models.DateTimeField(null=True)),
                ("answer", models.TextField(default="")),
                ("state", models.CharField(default="RECEIVED", max_length=12)),
                ("state_since", models.DateTimeField()),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.Func(models.F("requester"), function="duyen_fold"),
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
            options={
                "indexes": [
                    models.Index(fields=["due_at", "id"], name="data_requests_by_term"),
                    models.Index(fields=["created_at", "id"], name="data_requests_by_age"),
                    models.Index(fields=["name_key", "id"], name="data_requests_by_requester"),
                    models.Index(fields=["owner", "due_at", "id"], name="data_requests_of_an_owner"),
                    models.Index(fields=["unit", "due_at", "id"], name="data_requests_of_a_unit"),
                    models.Index(fields=["customer_id"], name="data_requests_of_a_customer"),
                    models.Index(fields=["contact_id"], name="data_requests_of_a_contact"),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at", "id"],
                        name="data_requests_in_the_bin",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("search"), "gin_trgm_ops"),
                        name="data_requests_by_any_part",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        fields=["state", "kind", "received_by"], name="data_requests_by_class"
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "code_unit"), name="a_data_request_code_is_given_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            (
                                "state__in",
                                ["RECEIVED", "ACKNOWLEDGED", "VERIFIED", "DONE", "REFUSED", "WITHDRAWN"],
                            )
                        ),
                        name="a_data_request_is_in_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("customer_id", None), ("contact_id", None), _connector="OR"),
                        name="a_data_request_is_about_one_person",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("state__in", ["VERIFIED", "DONE"]), _negated=True),
                            models.Q(("proven_by", ""), _negated=True),
                            _connector="OR",
                        ),
                        name="nothing_is_done_before_identity_is_proven",
                    ),
                ],
            },
        ),
    ]
