"""Let people turn single keys off."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("org", "0005_remember_where_sessions_began")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="keys_off",
            field=models.CharField(default="", max_length=80),
        ),
    ]
