"""Let people be found by any part of name, e-mail, phone and job title."""

from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable

UNTRACE = [f"DROP TRIGGER trace_{event} ON org_user" for event in ("insert", "update", "delete")]

RETRACE = TraceTable("org_user", entity="users", left_out=["name_key", "last_login"], secret=["password"])


class Migration(migrations.Migration):
    dependencies = [("org", "0003_sessions_links_and_the_door")]

    operations = [
        migrations.AddField(
            model_name="user",
            name="search",
            field=models.GeneratedField(
                db_persist=True,
                expression=models.Func(
                    models.F("full_name"),
                    models.Value(" "),
                    models.F("email"),
                    models.Value(" "),
                    models.F("phone"),
                    models.Value(" "),
                    models.F("job_title"),
                    arg_joiner=" || ",
                    template="duyen_fold(%(expressions)s)",
                ),
                output_field=models.TextField(),
            ),
        ),
        # The column is derived, so the trail leaves it out: the triggers are made anew.
        migrations.RunSQL(UNTRACE, RETRACE.sql),
        TraceTable(
            "org_user", entity="users", left_out=["name_key", "search", "last_login"], secret=["password"]
        ),
    ]
