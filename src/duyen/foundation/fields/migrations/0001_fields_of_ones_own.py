"""The company's own fields, under the trail, and one version over all its definitions."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable

# A number that was rolled back must never come again, hence the sequence.
SEQUENCE = "CREATE SEQUENCE definitions_version_numbers START 2"

RAISE = """
CREATE FUNCTION duyen_raise_definitions() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  raised bigint := nextval('definitions_version_numbers');
BEGIN
  UPDATE fields_definitionsversion SET value = raised;
  RETURN raised;
END $$
"""


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("audit", "0007_tell_custom_keys_apart"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="DefinitionsVersion",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("id", 1)), name="there_is_one_definitions_version"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="CustomField",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("entity", models.CharField(max_length=60)),
                ("key", models.CharField(max_length=40)),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("text", "text"),
                            ("long_text", "long_text"),
                            ("whole", "whole"),
                            ("decimal", "decimal"),
                            ("amount", "amount"),
                            ("day", "day"),
                            ("moment", "moment"),
                            ("flag", "flag"),
                            ("choice", "choice"),
                            ("choices", "choices"),
                            ("link", "link"),
                            ("phone", "phone"),
                            ("email", "email"),
                            ("web", "web"),
                        ],
                        max_length=12,
                    ),
                ),
                ("label", models.CharField(max_length=80)),
                ("help", models.CharField(blank=True, default="", max_length=300)),
                ("default", models.JSONField(null=True)),
                (
                    "required",
                    models.CharField(
                        choices=[("never", "never"), ("always", "always"), ("kinds", "kinds")],
                        default="never",
                        max_length=8,
                    ),
                ),
                ("required_kinds", models.JSONField(default=list)),
                ("required_by", models.JSONField(default=list)),
                ("searched", models.BooleanField(default=False)),
                ("options", models.JSONField(default=list)),
                ("limits", models.JSONField(default=dict)),
                ("place", models.IntegerField(default=0)),
                (
                    "state",
                    models.CharField(
                        choices=[("active", "active"), ("retired", "retired"), ("deleted", "deleted")],
                        default="active",
                        max_length=8,
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
                "constraints": [
                    models.UniqueConstraint(
                        fields=("entity", "key"), name="a_key_names_one_field_of_an_entity"
                    )
                ],
            },
        ),
        TraceTable("fields_customfield", entity="custom_fields"),
        migrations.RunSQL(
            "INSERT INTO fields_definitionsversion (id, value) VALUES (1, 1)", migrations.RunSQL.noop
        ),
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE definitions_version_numbers"),
        migrations.RunSQL(RAISE, "DROP FUNCTION duyen_raise_definitions()"),
    ]
