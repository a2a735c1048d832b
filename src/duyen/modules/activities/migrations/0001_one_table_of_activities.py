"""One table for all kinds of activities, and the rows by which timelines find them."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0012_news_seen"),
        ("database", "0002_fold_codes"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="About",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("activity_id", models.BigIntegerField()),
                ("entity", models.CharField(max_length=60)),
                ("record_id", models.BigIntegerField()),
                ("party_id", models.BigIntegerField(null=True)),
                ("at", models.DateTimeField()),
                ("kind", models.CharField(max_length=10)),
                ("position", models.SmallIntegerField(default=0)),
                ("as_participant", models.BooleanField(default=False)),
            ],
            options={
                "indexes": [
                    models.Index(
                        models.F("entity"),
                        models.F("record_id"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("activity_id"), descending=True),
                        name="activities_about_a_record",
                    ),
                    models.Index(
                        models.F("party_id"),
                        models.OrderBy(models.F("at"), descending=True),
                        models.OrderBy(models.F("activity_id"), descending=True),
                        condition=models.Q(("party_id__isnull", False)),
                        name="activities_about_a_party",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("activity_id", "entity", "record_id", "as_participant"),
                        name="an_activity_names_a_record_once",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="Activity",
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
                ("kind", models.CharField(max_length=10)),
                ("subject", models.CharField(max_length=250)),
                ("body", models.TextField(default="")),
                ("state", models.CharField(default="PLANNED", max_length=10)),
                ("state_since", models.DateTimeField()),
                ("starts_at", models.DateTimeField(null=True)),
                ("ends_at", models.DateTimeField(null=True)),
                ("all_day", models.BooleanField(default=False)),
                ("due_at", models.DateTimeField(null=True)),
                ("done_at", models.DateTimeField(null=True)),
                ("remind_at", models.DateTimeField(null=True)),
                ("at", models.DateTimeField()),
                (
                    "open_at",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Case(
                            models.When(state__in=["PLANNED", "STARTED"], then=models.F("at"))
                        ),
                        output_field=models.DateTimeField(null=True),
                    ),
                ),
                ("priority", models.CharField(default="NORMAL", max_length=6)),
                ("progress", models.SmallIntegerField(default=0)),
                ("direction", models.CharField(default="", max_length=3)),
                ("outcome", models.CharField(default="", max_length=40)),
                ("result", models.TextField(default="")),
                ("next_step", models.CharField(default="", max_length=250)),
                ("place", models.CharField(default="", max_length=250)),
                ("duration_minutes", models.IntegerField(null=True)),
                ("parent_id", models.BigIntegerField(null=True)),
                ("series_id", models.BigIntegerField(null=True)),
                ("occurrence", models.DateTimeField(null=True)),
                ("party_id", models.BigIntegerField(null=True)),
                ("about", models.JSONField(default=list)),
                ("participants", models.JSONField(default=list)),
                (
                    "co_assignees",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                (
                    "people",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.BigIntegerField(), default=list, size=None
                    ),
                ),
                ("is_private", models.BooleanField(default=False)),
                (
                    "search",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.Func(
                            models.Func(models.F("subject"), function="duyen_fold"),
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
                    models.Index(fields=["at", "id"], name="activities_by_moment"),
                    models.Index(fields=["owner", "at", "id"], name="activities_of_an_owner"),
                    models.Index(fields=["unit", "at", "id"], name="activities_of_a_unit"),
                    models.Index(fields=["open_at"], name="open_activities"),
                    models.Index(fields=["owner", "open_at"], name="open_activities_of_an_owner"),
                    models.Index(fields=["unit", "open_at"], name="open_activities_of_a_unit"),
                    models.Index(
                        condition=models.Q(("starts_at__isnull", False)),
                        fields=["owner", "starts_at"],
                        name="appointments_of_an_owner",
                    ),
                    models.Index(
                        condition=models.Q(("starts_at__isnull", False)),
                        fields=["unit", "starts_at"],
                        name="appointments_of_a_unit",
                    ),
                    models.Index(
                        condition=models.Q(("parent_id__isnull", False)),
                        fields=["parent_id"],
                        name="activities_below_another",
                    ),
                    models.Index(
                        condition=models.Q(("series_id__isnull", False)),
                        fields=["series_id", "occurrence"],
                        name="activities_of_a_series",
                    ),
                    models.Index(
                        condition=models.Q(("remind_at__isnull", False)),
                        fields=["remind_at"],
                        name="activities_to_remind_of",
                    ),
                    models.Index(
                        condition=models.Q(("deleted_at__isnull", False)),
                        fields=["deleted_at", "id"],
                        name="activities_in_the_bin",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        condition=models.Q(("people", []), _negated=True),
                        fields=["people"],
                        name="activities_naming_people",
                    ),
                    django.contrib.postgres.indexes.GinIndex(
                        django.contrib.postgres.indexes.OpClass(models.F("search"), "gin_trgm_ops"),
                        name="activities_by_any_part",
                    ),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("code", "code_unit"), name="an_activity_code_is_given_once"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("kind__in", ["TASK", "CALL", "MEETING", "VISIT", "EMAIL", "LETTER", "NOTE"])
                        ),
                        name="an_activity_is_of_a_known_kind",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("state__in", ["PLANNED", "STARTED", "DONE", "CANCELLED"])),
                        name="an_activity_is_in_a_known_state",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("subject", ""), _negated=True), name="an_activity_has_a_subject"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("progress__gte", 0), ("progress__lte", 100)),
                        name="progress_is_a_share_of_a_hundred",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            models.Q(("done_at__isnull", False), ("state", "DONE")),
                            models.Q(("done_at", None), models.Q(("state", "DONE"), _negated=True)),
                            _connector="OR",
                        ),
                        name="what_is_done_says_since_when",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("ends_at", None), ("ends_at__gte", models.F("starts_at")), _connector="OR"
                        ),
                        name="an_activity_ends_after_it_begins",
                    ),
                ],
            },
        ),
    ]
