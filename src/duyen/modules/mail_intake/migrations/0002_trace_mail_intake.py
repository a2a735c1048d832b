"""Put what leads by mail have under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("mail_intake", "0001_a_way_in_by_mail"), ("audit", "0001_the_trail")]

    operations = [TraceTable("mail_intake_intake", entity="lead_mailbox")]
