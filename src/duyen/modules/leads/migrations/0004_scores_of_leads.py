"""Keep scores on each lead: worked out from the rest, so the trail does not tell of them."""

from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable

_UNTRACED = "".join(f"DROP TRIGGER trace_{event} ON leads_lead;" for event in ("insert", "update", "delete"))


def _traced(*left_out: str) -> TraceTable:
    return TraceTable(
        "leads_lead",
        entity="leads",
        left_out=["name_key", "search", *left_out],
        secret=["personal_id", "personal_id_mac"],
        party="customer_id",
    )


class Migration(migrations.Migration):
    dependencies = [("leads", "0003_what_a_conversion_made")]

    operations = [
        migrations.AddField(model_name="lead", name="score", field=models.SmallIntegerField(null=True)),
        migrations.AddField(model_name="lead", name="likelihood", field=models.SmallIntegerField(null=True)),
        migrations.AddIndex(
            model_name="lead",
            index=models.Index(
                models.F("score").desc(nulls_last=True), models.F("id").desc(), name="leads_by_score"
            ),
        ),
        migrations.RunSQL(_UNTRACED, list(_traced().sql)),
        _traced("score", "likelihood"),
    ]
