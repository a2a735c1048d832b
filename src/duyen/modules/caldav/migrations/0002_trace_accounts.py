"""Put the choice of a calendar account under the trail: the password only as changed."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("caldav", "0001_calendars_elsewhere"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable(
            "caldav_account",
            entity="calendar_accounts",
            root=("users", "user_id"),
            secret=["sealed"],
            left_out=["offered"],
        ),
    ]
