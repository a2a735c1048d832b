"""Let people be away with a deputy; who is away decides what the deputy may open."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable

ABSENCES = (
    "CREATE TRIGGER raise_access_epoch AFTER INSERT OR DELETE OR UPDATE ON org_absence "
    "FOR EACH STATEMENT EXECUTE FUNCTION duyen_raise_access_epoch()"
)
#: Names are kept with what is resolved of an absence.
PEOPLE = (
    "CREATE TRIGGER raise_access_epoch AFTER UPDATE OF {columns} ON org_user "
    "FOR EACH STATEMENT EXECUTE FUNCTION duyen_raise_access_epoch()"
)
LOWER = "DROP TRIGGER raise_access_epoch ON {table}"


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0008_search_units_and_roles"),
    ]

    operations = [
        migrations.CreateModel(
            name="Absence",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("since", models.DateField()),
                ("until", models.DateField()),
                ("note", models.CharField(default="", max_length=300)),
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
                    "deputy",
                    models.ForeignKey(
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
                (
                    "user",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["until"], name="absence_by_its_end")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("until__gte", models.F("since"))),
                        name="an_absence_ends_after_it_starts",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("deputy", models.F("user")), _negated=True),
                        name="nobody_stands_in_for_herself",
                    ),
                ],
            },
        ),
        TraceTable("org_absence", entity="absences", root=("users", "user_id")),
        migrations.RunSQL(ABSENCES, LOWER.format(table="org_absence")),
        migrations.RunSQL(
            [LOWER.format(table="org_user"), PEOPLE.format(columns="is_active, full_name")],
            [LOWER.format(table="org_user"), PEOPLE.format(columns="is_active")],
        ),
    ]
