"""Pinned notes, and what is open or pinned beside each record, so that a timeline finds its top at once."""

from django.db import migrations, models
from django.db.models import Q

ON_TOP = """
UPDATE activities_about b SET is_open = true FROM activities_activity a
WHERE a.id = b.activity_id AND a.state IN ('PLANNED', 'STARTED')
"""


class Migration(migrations.Migration):
    dependencies = [("activities", "0006_task_sets")]

    operations = [
        migrations.AddField("activity", "is_pinned", models.BooleanField(default=False)),
        migrations.AddField("about", "is_open", models.BooleanField(default=False)),
        migrations.AddField("about", "is_pinned", models.BooleanField(default=False)),
        # Rows that follow from the activities: no trail tells of them.
        migrations.RunSQL(ON_TOP, migrations.RunSQL.noop),
        migrations.AddIndex(
            "about",
            models.Index(
                fields=["entity", "record_id", "at"],
                condition=Q(is_open=True) | Q(is_pinned=True),
                name="activities_on_top_of_a_record",
            ),
        ),
        migrations.AddIndex(
            "about",
            models.Index(
                fields=["party_id", "at"],
                condition=Q(party_id__isnull=False) & (Q(is_open=True) | Q(is_pinned=True)),
                name="activities_on_top_of_a_party",
            ),
        ),
    ]
