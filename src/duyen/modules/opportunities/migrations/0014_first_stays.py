"""Mark one stay of each deal, and one in each stage in which it stood."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0013_days_until_closed")]

    operations = [
        migrations.AddField(
            model_name="stay",
            name="is_first",
            field=models.BooleanField(db_default=False, default=False),
        ),
        migrations.AddField(
            model_name="stay",
            name="is_first_there",
            field=models.BooleanField(db_default=True, default=True),
        ),
    ]
