"""Say of a contact that somebody noted afterwards which rule forbade it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("consents", "0002_trace_consents"),
    ]

    operations = [
        migrations.AddField(
            model_name="contactmade",
            name="denied_by",
            field=models.CharField(default="", max_length=20),
        ),
    ]
