"""Let assignment rules name wards."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("assignments", "0002_trace_assignment_rules"),
    ]

    operations = [
        migrations.AddField(
            model_name="assignmentrule",
            name="wards",
            field=models.TextField(default=""),
        ),
    ]
