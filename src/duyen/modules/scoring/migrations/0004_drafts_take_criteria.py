"""Let links to points models lead to drafts alone."""

from django.db import migrations, models
from django.db.models import Case, When

from duyen.foundation.audit.operations import TraceTable

_UNTRACED = "".join(
    f"DROP TRIGGER trace_{event} ON scoring_scoremodel;" for event in ("insert", "update", "delete")
)


def _traced(*left_out: str) -> TraceTable:
    return TraceTable("scoring_scoremodel", entity="score_models", left_out=["name_key", "search", *left_out])


class Migration(migrations.Migration):
    dependencies = [("scoring", "0003_learned_scores")]

    operations = [
        migrations.AddField(
            model_name="scoremodel",
            name="is_active",
            field=models.GeneratedField(
                expression=Case(When(state="DRAFT", then=True), default=False),
                output_field=models.BooleanField(),
                db_persist=True,
            ),
        ),
        migrations.RunSQL(_UNTRACED, list(_traced().sql)),
        _traced("is_active"),
    ]
