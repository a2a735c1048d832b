"""Make room for a second factor and its recovery codes, and let a role demand one."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable

RAISE_EPOCH = (
    "CREATE TRIGGER raise_access_epoch AFTER INSERT OR DELETE OR UPDATE OF {columns} ON org_role "
    "FOR EACH STATEMENT EXECUTE FUNCTION duyen_raise_access_epoch()"
)
LOWER = "DROP TRIGGER raise_access_epoch ON org_role"


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0006_keys_off"),
        ("access", "0002_trace_rights_and_count_changes"),
    ]

    operations = [
        migrations.AddField(
            model_name="role",
            name="needs_second_factor",
            field=models.BooleanField(default=False),
        ),
        migrations.CreateModel(
            name="SecondFactor",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("sealed", models.BinaryField()),
                ("since", models.DateTimeField()),
                ("last_step", models.BigIntegerField(default=0)),
                (
                    "user",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RecoveryCode",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField()),
                ("used_at", models.DateTimeField(null=True)),
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
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="a_recovery_code_is_made_once")
                ],
            },
        ),
        TraceTable(
            "org_secondfactor",
            entity="second_factors",
            root=("users", "user_id"),
            left_out=["last_step"],
            secret=["sealed"],
        ),
        TraceTable("org_recoverycode", entity="recovery_codes", root=("users", "user_id"), secret=["digest"]),
        # What a role demands is part of what its people may do: it works at their next request.
        migrations.RunSQL(
            [LOWER, RAISE_EPOCH.format(columns="code, needs_second_factor")],
            [LOWER, RAISE_EPOCH.format(columns="code")],
        ),
    ]
