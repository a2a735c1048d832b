"""Put under the trail where the columns of files lead."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("entities", "0006_mappings_and_drafts_of_imports"), ("audit", "0001_the_trail")]

    operations = [TraceTable("entities_importmapping", entity="import_mappings")]
