import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        ("org", "0001_units_users_roles_positions"),
    ]

    operations = [
        migrations.CreateModel(
            name="SeededEntity",
            fields=[
                ("entity", models.CharField(max_length=60, primary_key=True, serialize=False)),
                ("seeded_at", models.DateTimeField()),
            ],
        ),
        migrations.CreateModel(
            name="AccessEpoch",
            fields=[
                ("id", models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ("value", models.BigIntegerField(default=1)),
            ],
            options={
                "constraints": [
                    models.CheckConstraint(condition=models.Q(("id", 1)), name="there_is_one_access_epoch")
                ],
            },
        ),
        migrations.CreateModel(
            name="FieldRight",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("entity", models.CharField(max_length=60)),
                ("field", models.CharField(max_length=60)),
                ("level", models.CharField(choices=[("hidden", "hidden"), ("read", "read")], max_length=8)),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="field_rights",
                        to="org.role",
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("role", "entity", "field"), name="a_field_right_is_given_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="RoleRight",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("entity", models.CharField(max_length=60)),
                ("verb", models.CharField(max_length=40)),
                (
                    "reach",
                    models.CharField(
                        choices=[
                            ("own", "own"),
                            ("team", "team"),
                            ("area", "area"),
                            ("branch", "branch"),
                            ("all", "all"),
                        ],
                        max_length=8,
                    ),
                ),
                (
                    "role",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="rights", to="org.role"
                    ),
                ),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=("role", "entity", "verb"), name="a_right_is_given_once")
                ],
            },
        ),
    ]
