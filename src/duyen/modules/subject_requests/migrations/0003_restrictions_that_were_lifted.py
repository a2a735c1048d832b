"""Say of a restriction that was granted when and why it was lifted."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("subject_requests", "0002_trace_data_requests"),
    ]

    operations = [
        migrations.AddField(
            model_name="subjectrequest",
            name="lifted_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddField(
            model_name="subjectrequest",
            name="lifted_why",
            field=models.CharField(default="", max_length=300),
        ),
    ]
