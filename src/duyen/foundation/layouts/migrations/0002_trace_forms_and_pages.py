"""Put under the trail how forms and pages are arranged, and what fields are called and asked for."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("layouts", "0001_forms_and_pages"), ("audit", "0005_trace_columns_of_any_name")]

    operations = [
        TraceTable("layouts_layout", entity="layouts"),
        TraceTable("layouts_fieldsetting", entity="field_settings"),
    ]
