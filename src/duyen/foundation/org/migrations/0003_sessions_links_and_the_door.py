"""Keep sessions with their person, links that set a password once, and the trail of the door."""

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0002_trace_the_organisation"),
    ]

    operations = [
        migrations.CreateModel(
            name="UserSession",
            fields=[
                (
                    "session_key",
                    models.CharField(
                        max_length=40, primary_key=True, serialize=False, verbose_name="session key"
                    ),
                ),
                ("session_data", models.TextField(verbose_name="session data")),
                ("expire_date", models.DateTimeField(db_index=True, verbose_name="expire date")),
                ("user_id", models.BigIntegerField(db_index=True, null=True)),
            ],
            options={
                "verbose_name": "session",
                "verbose_name_plural": "sessions",
                "abstract": False,
            },
        ),
        migrations.CreateModel(
            name="DoorstepEvent",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                (
                    "what",
                    models.CharField(
                        choices=[
                            ("SIGN_IN", "SIGN_IN"),
                            ("SIGN_OUT", "SIGN_OUT"),
                            ("SET_UP", "SET_UP"),
                            ("ASK_RESET", "ASK_RESET"),
                            ("USE_LINK", "USE_LINK"),
                        ],
                        max_length=12,
                    ),
                ),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("TRIED", "TRIED"),
                            ("WRONG", "WRONG"),
                            ("GOOD", "GOOD"),
                            ("REFUSED", "REFUSED"),
                        ],
                        max_length=8,
                    ),
                ),
                ("email", models.CharField(max_length=254)),
                ("address", models.CharField(max_length=45)),
                ("browser", models.CharField(max_length=200)),
                (
                    "user",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["email", "at"], name="doorstep_of_an_email"),
                    models.Index(fields=["address", "at"], name="doorstep_of_an_address"),
                    models.Index(fields=["at"], name="doorstep_by_age"),
                ],
            },
        ),
        migrations.CreateModel(
            name="PasswordLink",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("digest", models.BinaryField()),
                ("is_invitation", models.BooleanField(default=False)),
                ("made_at", models.DateTimeField()),
                ("until", models.DateTimeField()),
                ("used_at", models.DateTimeField(null=True)),
                (
                    "made_by",
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
                "constraints": [
                    models.UniqueConstraint(fields=("digest",), name="a_password_link_is_made_once")
                ],
            },
        ),
        TraceTable("org_passwordlink", entity="password_links", root=("users", "user_id"), secret=["digest"]),
    ]
