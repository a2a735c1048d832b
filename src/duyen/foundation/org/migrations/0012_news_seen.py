"""Remember of which version a person knows what it brought."""

from django.db import migrations, models

import duyen.foundation.org.models


class Migration(migrations.Migration):
    dependencies = [("org", "0011_calendars")]

    operations = [
        # Those who are there already are told of this version, too.
        migrations.AddField(
            model_name="user",
            name="news_seen",
            field=models.CharField(default="", max_length=20),
        ),
        migrations.AlterField(
            model_name="user",
            name="news_seen",
            field=models.CharField(default=duyen.foundation.org.models.running_version, max_length=20),
        ),
    ]
