"""Put templates, mailboxes and signatures under the trail; of a password it is told that it changed, no more."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_mailboxes_templates_and_mails"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("messaging_mailtemplate", entity="mail_templates"),
        TraceTable("messaging_mailbox", entity="mailboxes", secret=["sealed"]),
    ]
