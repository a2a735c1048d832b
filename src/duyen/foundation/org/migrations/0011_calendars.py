"""Give the company working calendars and days of its own."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable


def _person() -> models.ForeignKey:
    return models.ForeignKey(
        db_index=False,
        null=True,
        on_delete=django.db.models.deletion.PROTECT,
        related_name="+",
        to=settings.AUTH_USER_MODEL,
    )


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0010_sent_links"),
    ]

    operations = [
        migrations.CreateModel(
            name="SpecialDay",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("day", models.DateField(db_index=True)),
                ("name", models.CharField(max_length=120)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("DAY_OFF", "DAY_OFF"),
                            ("WORKING", "WORKING"),
                            ("TO_CONFIRM", "TO_CONFIRM"),
                        ],
                        max_length=12,
                    ),
                ),
                ("basis", models.CharField(default="", max_length=300)),
                ("deleted_at", models.DateTimeField(null=True)),
                ("delete_reason", models.CharField(default="", max_length=500)),
                ("confirmed_by", _person()),
                ("created_by", _person()),
                ("deleted_by", _person()),
                ("updated_by", _person()),
            ],
            options={"abstract": False},
        ),
        migrations.CreateModel(
            name="WorkingCalendar",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("name", models.CharField(max_length=80)),
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
                ("monday", models.CharField(default="", max_length=120)),
                ("tuesday", models.CharField(default="", max_length=120)),
                ("wednesday", models.CharField(default="", max_length=120)),
                ("thursday", models.CharField(default="", max_length=120)),
                ("friday", models.CharField(default="", max_length=120)),
                ("saturday", models.CharField(default="", max_length=120)),
                ("sunday", models.CharField(default="", max_length=120)),
                ("rests_on_holidays", models.BooleanField(default=True)),
                ("created_by", _person()),
                ("updated_by", _person()),
            ],
        ),
        migrations.AddField(
            model_name="unit",
            name="calendar",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="org.workingcalendar",
            ),
        ),
        migrations.AddConstraint(
            model_name="workingcalendar",
            constraint=models.UniqueConstraint(fields=("name",), name="a_calendar_name_is_used_once"),
        ),
        TraceTable("org_specialday", entity="special_days"),
        TraceTable("org_workingcalendar", entity="calendars", left_out=("name_key", "search")),
    ]
