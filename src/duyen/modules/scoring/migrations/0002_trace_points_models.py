"""Put points models and their criteria under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("scoring", "0001_score_models"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("scoring_scoremodel", entity="score_models", left_out=["name_key", "search"]),
        TraceTable("scoring_scorecriterion", entity="score_criteria", left_out=["name_key", "search"]),
    ]
