"""Put arranged start pages and answers to suggestions under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("entities", "0011_start_page_and_suggestions"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("entities_homearrangement", entity="home"),
        TraceTable("entities_suggestionanswer", entity="suggestion_answers"),
    ]
