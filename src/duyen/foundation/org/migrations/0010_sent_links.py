"""Remember when a password link went out by mail."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("org", "0009_absences"),
    ]

    operations = [
        migrations.AddField(
            model_name="passwordlink",
            name="sent_at",
            field=models.DateTimeField(null=True),
        ),
    ]
