"""Put subscriptions under the trail; their secrets are told as changed, without their values."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("webhooks", "0001_webhooks"), ("audit", "0002_note_what_was_opened")]

    operations = [
        TraceTable("webhooks_webhook", entity="webhooks", secret=["sealed", "sealed_before"]),
    ]
