"""Keep of each deal how many days it took until it was closed, and leave that untraced: it follows."""

from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable

_UNTRACED = "".join(
    f"DROP TRIGGER trace_{event} ON opportunities_opportunity;" for event in ("insert", "update", "delete")
)


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0012_facts_of_what_is_to_close")]

    operations = [
        migrations.RemoveIndex(model_name="opportunity", name="opportunities_by_end"),
        migrations.RunSQL(_UNTRACED, migrations.RunSQL.noop),
        migrations.AddField(
            model_name="opportunity",
            name="days_taken",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    output_field=models.IntegerField(null=True),
                    template="CASE WHEN closed_on >= (created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date THEN closed_on - (created_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date END",
                ),
                output_field=models.IntegerField(null=True),
            ),
        ),
        TraceTable(
            "opportunities_opportunity",
            entity="opportunities",
            left_out=[
                *("name_key", "search", "weighted", "competitor_ids", "days_in_stage"),
                *("role_count", "has_decider", "days_taken"),
            ],
            party="party_id",
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(
                fields=["closed_on", "id"],
                include=(
                    *("deleted_at", "state", "owner", "unit", "pipeline", "stage", "type", "source"),
                    *("campaign", "amount", "probability", "weighted", "created_at", "actual_amount"),
                    *("price_gap", "win_reason", "loss_reason", "lost_to", "days_in_stage", "days_taken"),
                ),
                name="opportunities_by_end",
            ),
        ),
    ]
