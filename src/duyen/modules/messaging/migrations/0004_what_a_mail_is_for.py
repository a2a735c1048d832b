"""Keep of each mail what it is for: service, or advertising."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("messaging", "0003_mails_that_did_not_arrive"),
    ]

    operations = [
        migrations.AddField(
            model_name="mail",
            name="purpose",
            field=models.CharField(default="SERVICE", max_length=12),
        ),
    ]
