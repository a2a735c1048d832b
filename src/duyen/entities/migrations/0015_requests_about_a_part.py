"""Let requests about several parts of one record wait beside each other."""

from django.db import migrations, models
from django.db.models import Q

_ONCE = "a_step_is_asked_for_once_at_a_time"


class Migration(migrations.Migration):
    dependencies = [("entities", "0014_trace_requests_for_approval")]

    operations = [
        migrations.RemoveConstraint("approvalrequest", _ONCE),
        migrations.AddField("approvalrequest", "part", models.CharField(default="", max_length=60)),
        migrations.AddConstraint(
            "approvalrequest",
            models.UniqueConstraint(
                fields=["family", "record_id", "verb", "part"], condition=Q(state="WAITING"), name=_ONCE
            ),
        ),
    ]
