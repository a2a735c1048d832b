"""Remember which records somebody opened last."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("entities", "0001_given_answers")]

    operations = [
        migrations.CreateModel(
            name="RecentRecord",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("user_id", models.BigIntegerField()),
                ("entity", models.CharField(max_length=60)),
                ("record_id", models.BigIntegerField()),
                ("opened_at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("user_id", "entity", "record_id"), name="a_record_is_recent_once_per_user"
                    )
                ],
            },
        ),
    ]
