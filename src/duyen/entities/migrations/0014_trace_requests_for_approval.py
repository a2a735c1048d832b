"""Put requests for approval under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("entities", "0013_requests_for_approval"), ("audit", "0001_the_trail")]

    operations = [TraceTable("entities_approvalrequest", entity="approvals")]
