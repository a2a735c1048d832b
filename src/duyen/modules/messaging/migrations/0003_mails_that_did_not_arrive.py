"""Find the few mails to a record that did not arrive without reading all of them."""

from django.contrib.postgres.operations import AddIndexConcurrently
from django.db import migrations, models


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("messaging", "0002_trace_messaging")]

    operations = [
        AddIndexConcurrently(
            model_name="mail",
            index=models.Index(
                fields=["party_id", "-id"],
                condition=models.Q(way="out")
                & (
                    models.Q(state__in=["waiting", "refused", "uncertain"])
                    | models.Q(not_taken=[], _negated=True)
                ),
                name="mails_that_did_not_arrive",
            ),
        ),
    ]
