"""Put activities under the trail, and leave room on each page for changes in place."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("activities", "0001_one_table_of_activities"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable(
            "activities_activity",
            entity="activities",
            left_out=["search", "open_at", "reminded_at"],
            party="party_id",
        ),
        # Most change twice in their lives: when they are done, and when somebody corrects them.
        migrations.RunSQL(
            "ALTER TABLE activities_activity SET (fillfactor = 90)",
            "ALTER TABLE activities_activity RESET (fillfactor)",
        ),
    ]
