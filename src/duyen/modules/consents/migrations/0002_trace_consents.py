"""Put consents, their texts, refusals and rules under the trail; of an address that refused nothing is told."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("consents", "0001_consents_and_their_texts"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("consents_consenttext", entity="consent_texts", left_out=["name_key", "search"]),
        TraceTable("consents_consent", entity="consents", left_out=["search"], party="party_id"),
        TraceTable("consents_contactrule", entity="contact_rules", left_out=["search"]),
        TraceTable("consents_listcheck", entity="list_checks"),
        TraceTable("consents_suppression", entity="suppressions", secret=["mac"]),
    ]
