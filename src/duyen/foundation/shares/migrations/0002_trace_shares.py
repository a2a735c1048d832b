"""Put shares under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("shares", "0001_shares"), ("audit", "0001_the_trail")]

    operations = [TraceTable("shares_share", entity="shares")]
