from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("entities", "0016_erasures"),
    ]

    operations = [
        migrations.AddField(
            "erasure", "operation", models.BigIntegerField(default=0), preserve_default=False
        ),
        migrations.AddField("erasure", "unblanked", models.JSONField(default=list)),
        # Until now each was an operation of its own.
        migrations.RunSQL("UPDATE entities_erasure SET operation = id", migrations.RunSQL.noop),
    ]
