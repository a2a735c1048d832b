"""Put the indexes that a company asks for under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("entities", "0009_company_indexes"), ("audit", "0001_the_trail")]

    operations = [TraceTable("entities_companyindex", entity="indexes", left_out=("job_id",))]
