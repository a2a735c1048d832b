"""Put parties, their roles and ties under the trail, and leave room on each page for changes in place."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("parties", "0001_parties_roles_and_ties"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable(
            "parties_party",
            entity="parties",
            left_out=["name_key", "given_key", "search"],
            secret=["personal_id", "personal_id_mac"],
            party="id",
        ),
        TraceTable(
            "parties_partyinrole", entity="roles_of_parties", root=("parties", "party_id"), party="party_id"
        ),
        # A tie shows in the history of both ends.
        TraceTable("parties_tie", entity="ties", root=("parties", "party_id"), party="party_id"),
        TraceTable(
            "parties_tie",
            entity="ties",
            root=("parties", "to_party_id"),
            party="to_party_id",
            trigger="trace_far_end",
        ),
        # An update that finds room on its page touches no index: a seventh of the write-ahead log.
        migrations.RunSQL(
            "ALTER TABLE parties_party SET (fillfactor = 88)", "ALTER TABLE parties_party RESET (fillfactor)"
        ),
        # Without them the planner takes every party for a customer and a contact alike.
        migrations.RunSQL(
            "CREATE STATISTICS parties_by_role ON (role_mask & 1), (role_mask & 2) FROM parties_party",
            "DROP STATISTICS parties_by_role",
        ),
    ]
