"""Put tokens under the trail, on the page of their user; the moment of last use is not told."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("api", "0001_tokens"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable(
            "api_apitoken",
            entity="tokens",
            root=("users", "user_id"),
            left_out=["last_used_at"],
            secret=["digest"],
        ),
    ]
