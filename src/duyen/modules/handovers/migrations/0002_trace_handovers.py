"""Put handovers under the trail, on the page of their lead."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [
        ("handovers", "0001_handovers_of_leads"),
        ("leads", "0001_leads"),
        ("audit", "0001_the_trail"),
    ]

    operations = [TraceTable("handovers_handover", entity="lead_handovers", root=("leads", "lead_id"))]
