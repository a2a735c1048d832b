"""Put assignment rules under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("assignments", "0001_assignment_rules"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("assignments_assignmentrule", entity="assignment_rules", left_out=["name_key", "search"]),
    ]
