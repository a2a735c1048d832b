"""Put web forms under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("web_forms", "0001_web_forms"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("web_forms_webform", entity="web_forms", left_out=["name_key", "search"]),
    ]
