"""Let units and roles be found by name and code, and people by a phone number in any form."""

from django.db import migrations, models

from duyen.foundation.audit.operations import TraceTable


def _searched(*parts: object) -> models.GeneratedField:
    between = [piece for part in parts for piece in (models.Value(" |"), part)][1:]
    return models.GeneratedField(
        expression=models.Func(*between, template="duyen_fold(%(expressions)s)", arg_joiner=" || "),
        output_field=models.TextField(),
        db_persist=True,
    )


PHONE = models.Func(
    models.Func(models.F("phone"), models.Value(" "), models.Value(""), function="replace"),
    models.Value("."),
    models.Value(""),
    function="replace",
)


def _untrace(table: str) -> list[str]:
    return [f"DROP TRIGGER trace_{event} ON {table}" for event in ("insert", "update", "delete")]


class Migration(migrations.Migration):
    dependencies = [("org", "0007_second_factor")]

    operations = [
        migrations.RemoveField("user", "search"),
        migrations.AddField(
            "user",
            "search",
            _searched(models.F("full_name"), models.F("email"), models.F("job_title"), PHONE),
        ),
        migrations.AddField("unit", "search", _searched(models.F("name"), models.F("code"))),
        migrations.AddField("role", "search", _searched(models.F("name"), models.F("code"))),
        # The columns are derived, so the trail leaves them out: the triggers are made anew.
        migrations.RunSQL(
            _untrace("org_unit"), TraceTable("org_unit", entity="units", left_out=["name_key"]).sql
        ),
        TraceTable("org_unit", entity="units", left_out=["name_key", "search"]),
        migrations.RunSQL(_untrace("org_role"), TraceTable("org_role", entity="roles").sql),
        TraceTable("org_role", entity="roles", left_out=["search"]),
    ]
