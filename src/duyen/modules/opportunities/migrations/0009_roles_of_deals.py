"""Keep how many roles the contacts of each deal have, and whether one of them decides."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("opportunities", "0008_stays_from_the_trail"),
    ]

    operations = [
        migrations.AddField(
            model_name="opportunity",
            name="has_decider",
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="role_count",
            field=models.SmallIntegerField(default=0),
        ),
    ]
