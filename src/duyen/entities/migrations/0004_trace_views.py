"""Put kept views, and with which of them lists open, under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("entities", "0003_views_of_lists"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("entities_savedview", entity="views"),
        TraceTable("entities_firstview", entity="first_views"),
    ]
