"""Put the company's rules of tax on commissions under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("commissions", "0003_withholding_rules"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("commissions_withholdingrule", entity="withholding_rules", left_out=["search"]),
    ]
