from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("leads", "0002_trace_leads"),
    ]

    operations = [
        migrations.AddField(
            model_name="lead",
            name="conversion",
            field=models.JSONField(default=dict),
        ),
    ]
