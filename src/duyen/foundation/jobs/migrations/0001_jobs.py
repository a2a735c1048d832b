import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    initial = True

    dependencies = [
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name="Job",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("kind", models.CharField(max_length=60)),
                ("label", models.CharField(default="", max_length=200)),
                ("state", models.CharField(default="queued", max_length=12)),
                ("key", models.CharField(max_length=80, null=True)),
                ("arguments", models.JSONField(default=dict)),
                ("progress", models.JSONField(default=dict)),
                ("done", models.BigIntegerField(default=0)),
                ("total", models.BigIntegerField(null=True)),
                ("rejected", models.BigIntegerField(default=0)),
                ("rejected_file", models.CharField(default="", max_length=300)),
                ("result", models.JSONField(default=dict)),
                ("problem", models.TextField(default="")),
                ("wants_cancel", models.BooleanField(default=False)),
                ("created_at", models.DateTimeField()),
                ("started_at", models.DateTimeField(null=True)),
                ("finished_at", models.DateTimeField(null=True)),
                (
                    "asked_by",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["-created_at", "-id"], name="jobs_newest_first")],
                "constraints": [models.UniqueConstraint(fields=("key",), name="a_job_key_starts_one_job")],
            },
        ),
    ]
