"""Put data requests under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("subject_requests", "0001_data_requests"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable(
            "subject_requests_subjectrequest",
            entity="subject_requests",
            left_out=["name_key", "search"],
        ),
    ]
