import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entities", "0002_recent_records"),
        ("org", "0004_search_people"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="PassingView",
            fields=[
                ("key", models.CharField(max_length=24, primary_key=True, serialize=False)),
                ("entity", models.CharField(max_length=60)),
                ("digest", models.CharField(max_length=64)),
                ("state", models.JSONField()),
                ("user_id", models.BigIntegerField()),
                ("used_at", models.DateTimeField()),
            ],
            options={
                "indexes": [models.Index(fields=["used_at"], name="passing_views_by_use")],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user_id", "entity", "digest"), name="a_long_address_is_kept_once"
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="SavedView",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("version", models.IntegerField(default=1)),
                ("created_at", models.DateTimeField()),
                ("updated_at", models.DateTimeField()),
                ("entity", models.CharField(max_length=60)),
                ("name", models.CharField(max_length=60)),
                ("state", models.JSONField()),
                (
                    "audience",
                    models.CharField(choices=[("me", "me"), ("unit", "unit"), ("all", "all")], max_length=4),
                ),
                ("place", models.IntegerField(default=0)),
                ("deleted_at", models.DateTimeField(null=True)),
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
                    "owner",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "unit",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
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
            name="FirstView",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("entity", models.CharField(max_length=60)),
                (
                    "role",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to="org.role",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
                (
                    "view",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="first_for",
                        to="entities.savedview",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="savedview",
            index=models.Index(fields=["entity", "place", "id"], name="saved_views_of_a_list"),
        ),
        migrations.AddConstraint(
            model_name="savedview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("audience", "unit"), ("unit__isnull", False)),
                    models.Q(models.Q(("audience", "unit"), _negated=True), ("unit", None)),
                    _connector="OR",
                ),
                name="a_view_of_a_unit_names_it",
            ),
        ),
        migrations.AddConstraint(
            model_name="firstview",
            constraint=models.UniqueConstraint(
                fields=("entity", "user"), name="a_list_opens_once_for_a_person"
            ),
        ),
        migrations.AddConstraint(
            model_name="firstview",
            constraint=models.UniqueConstraint(
                fields=("entity", "role"), name="a_list_opens_once_for_a_role"
            ),
        ),
        migrations.AddConstraint(
            model_name="firstview",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("user", None), ("role__isnull", False)),
                    models.Q(("user__isnull", False), ("role", None)),
                    _connector="OR",
                ),
                name="a_list_opens_for_a_person_or_a_role",
            ),
        ),
    ]
