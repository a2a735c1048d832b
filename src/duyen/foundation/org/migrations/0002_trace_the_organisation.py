"""Put units, users, roles and positions under the trail."""

from django.db import migrations

from duyen.foundation.audit.operations import TraceTable


class Migration(migrations.Migration):
    dependencies = [("org", "0001_units_users_roles_positions"), ("audit", "0001_the_trail")]

    operations = [
        TraceTable("org_unit", entity="units", left_out=["name_key"]),
        TraceTable("org_user", entity="users", left_out=["name_key", "last_login"], secret=["password"]),
        TraceTable("org_role", entity="roles"),
        TraceTable("org_position", entity="positions", root=("users", "user_id")),
    ]
