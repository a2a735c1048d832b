"""Say of each deal how many roles its contacts have and whether one of them decides, and leave it untraced."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable

#: It follows from the contacts of each deal, of which the trail tells.
_FILL = """
UPDATE opportunities_opportunity o SET role_count = c.count, has_decider = c.decides
FROM (
  SELECT opportunity_id, count(DISTINCT nullif(role, '')) AS count, bool_or(role = 'DECISION_MAKER') AS decides
  FROM opportunities_contact GROUP BY opportunity_id
) c
WHERE c.opportunity_id = o.id;
SET CONSTRAINTS ALL IMMEDIATE;
SET CONSTRAINTS ALL DEFERRED;
"""
_UNTRACED = "".join(
    f"DROP TRIGGER trace_{event} ON opportunities_opportunity;" for event in ("insert", "update", "delete")
)


class Migration(migrations.Migration):
    dependencies = [("opportunities", "0009_roles_of_deals")]

    operations = [
        migrations.RunSQL(_UNTRACED, migrations.RunSQL.noop),
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        TraceTable(
            "opportunities_opportunity",
            entity="opportunities",
            left_out=[
                *("name_key", "search", "weighted", "competitor_ids", "days_in_stage"),
                *("role_count", "has_decider"),
            ],
            party="party_id",
        ),
    ]
