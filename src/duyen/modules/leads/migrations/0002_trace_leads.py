"""Put leads under the trail, and leave room for changes in place."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("leads", "0001_leads"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable(
            "leads_lead",
            entity="leads",
            left_out=["name_key", "search"],
            secret=["personal_id", "personal_id_mac"],
            party="customer_id",
        ),
        migrations.RunSQL(
            "ALTER TABLE leads_lead SET (fillfactor = 88)", "ALTER TABLE leads_lead RESET (fillfactor)"
        ),
    ]
