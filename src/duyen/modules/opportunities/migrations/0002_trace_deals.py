"""Put deals under the trail, what belongs to each in its history, and leave room for changes in place."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable

_DEAL = ("opportunities", "opportunity_id")


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0001_pipelines_and_deals"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("opportunities_pipeline", entity="pipelines", left_out=["name_key", "search"]),
        TraceTable("opportunities_stage", entity="opportunity_stages", left_out=["search"]),
        TraceTable("opportunities_competitor", entity="competitors", left_out=["name_key", "search"]),
        TraceTable(
            "opportunities_opportunity",
            entity="opportunities",
            left_out=["name_key", "search", "weighted"],
            party="party_id",
        ),
        TraceTable("opportunities_line", entity="opportunity_lines", root=_DEAL, party="party_id"),
        TraceTable("opportunities_contact", entity="opportunity_contacts", root=_DEAL, party="party_id"),
        TraceTable("opportunities_encounter", entity="encounters", root=_DEAL, party="party_id"),
        TraceTable("opportunities_answer", entity="opportunity_answers", root=_DEAL, party="party_id"),
        # A deal changes a dozen times in its life: an update that finds room touches no index.
        migrations.RunSQL(
            "ALTER TABLE opportunities_opportunity SET (fillfactor = 88)",
            "ALTER TABLE opportunities_opportunity RESET (fillfactor)",
        ),
    ]
