"""Keep on each deal what wins and losses are told by: whom it met, who won, how long it stood at the end."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable

#: What deals that stand there already met, and who won them: it follows from their own rows.
_FILL = """
UPDATE opportunities_opportunity o SET competitor_ids = e.ids, lost_to_id = e.winner
FROM (
  SELECT opportunity_id, array_agg(competitor_id ORDER BY competitor_id) AS ids,
    max(competitor_id) FILTER (WHERE is_winner) AS winner
  FROM opportunities_encounter GROUP BY opportunity_id
) e
WHERE e.opportunity_id = o.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
_ENTERED = "(stage_since AT TIME ZONE 'Asia/Ho_Chi_Minh')::date"
_UNTRACED = "".join(
    f"DROP TRIGGER trace_{event} ON opportunities_opportunity;" for event in ("insert", "update", "delete")
)


class Migration(migrations.Migration):
    dependencies = [
        ("campaigns", "0002_trace_campaigns"),
        ("opportunities", "0004_partners_on_deals"),
        ("org", "0012_news_seen"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AddField(
            model_name="opportunity",
            name="competitor_ids",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.BigIntegerField(), default=list, size=None
            ),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="lost_to",
            field=models.ForeignKey(
                db_index=False,
                null=True,
                on_delete=django.db.models.deletion.PROTECT,
                related_name="+",
                to="opportunities.competitor",
            ),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=models.Index(fields=["closed_on", "id"], name="opportunities_by_end"),
        ),
        migrations.AddIndex(
            model_name="opportunity",
            index=django.contrib.postgres.indexes.GinIndex(
                fields=["competitor_ids", "lost_to"], name="opportunities_by_competitor"
            ),
        ),
        migrations.AddField(
            model_name="opportunity",
            name="days_in_stage",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    template=f"CASE WHEN closed_on >= {_ENTERED} THEN closed_on - {_ENTERED} END",
                    output_field=models.IntegerField(null=True),
                ),
                output_field=models.IntegerField(null=True),
            ),
        ),
        # The trail tells of the rows from which these follow.
        migrations.RunSQL(_UNTRACED, migrations.RunSQL.noop),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        TraceTable(
            "opportunities_opportunity",
            entity="opportunities",
            left_out=["name_key", "search", "weighted", "competitor_ids", "days_in_stage"],
            party="party_id",
        ),
    ]
