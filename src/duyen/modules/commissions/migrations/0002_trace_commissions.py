"""Put commissions under the trail, and their plan into the history of the deal."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("commissions", "0001_plans_and_shares"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable(
            "commissions_commission",
            entity="commissions",
            left_out=["name_key", "search"],
            party="party_id",
        ),
        TraceTable(
            "commissions_plan",
            entity="commission_plans",
            root=("opportunities", "opportunity_id"),
            party="party_id",
        ),
    ]
