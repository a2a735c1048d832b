"""Put campaigns under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("campaigns", "0001_campaigns"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("campaigns_campaign", entity="campaigns", left_out=["name_key", "search"]),
    ]
