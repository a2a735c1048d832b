"""Put rights under the trail, and let every change of units, users or rights raise the access epoch."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable

# From a sequence, because a number that was rolled back must never come again: what was resolved
# under it would be taken for the state of somebody else's later change.
SEQUENCE = "CREATE SEQUENCE access_epoch_numbers START 2"

RAISE = """
CREATE FUNCTION duyen_raise_access_epoch() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE access_accessepoch SET value = nextval('access_epoch_numbers');
  RETURN NULL;
END $$
"""

TABLES = {
    "org_unit": "INSERT OR DELETE OR UPDATE OF parent_id, kind, is_active",
    "org_position": "INSERT OR DELETE OR UPDATE",
    "org_role": "INSERT OR DELETE OR UPDATE OF code",
    "org_user": "UPDATE OF is_active",
    "access_roleright": "INSERT OR DELETE OR UPDATE",
    "access_fieldright": "INSERT OR DELETE OR UPDATE",
}


class Migration(migrations.Migration):
    dependencies = [("access", "0001_rights"), ("org", "0002_trace_the_organisation")]

    operations = [
        TraceTable("access_roleright", entity="role_rights", root=("roles", "role_id")),
        TraceTable("access_fieldright", entity="field_rights", root=("roles", "role_id")),
        migrations.RunSQL("INSERT INTO access_accessepoch (id, value) VALUES (1, 1)", migrations.RunSQL.noop),
        migrations.RunSQL(SEQUENCE, "DROP SEQUENCE access_epoch_numbers"),
        migrations.RunSQL(RAISE, "DROP FUNCTION duyen_raise_access_epoch()"),
        *(
            migrations.RunSQL(
                f"CREATE TRIGGER raise_access_epoch AFTER {events} ON {table} "
                "FOR EACH STATEMENT EXECUTE FUNCTION duyen_raise_access_epoch()",
                f"DROP TRIGGER raise_access_epoch ON {table}",
            )
            for table, events in TABLES.items()
        ),
    ]
