"""Put the company's settings under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("settings", "0001_settings_and_counters"), ("audit", "0001_the_trail")]

    operations = [TraceTable("settings_setting", entity="settings")]
