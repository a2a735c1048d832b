"""Tell in the trail what a scanner found, and not each time that it found nothing."""

from django.db import migrations

TABLE, EVENTS = (
    "files_fileversion",
    {
        "insert": "REFERENCING NEW TABLE AS new_rows",
        "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "delete": "REFERENCING OLD TABLE AS old_rows",
    },
)
BEFORE = "version,updated_at,updated_by_id,created_at,created_by_id,preview,scanned_at,key,place"


def trace(left_out):
    """Give the statements that trace the table anew."""
    return [
        statement
        for event, tables in EVENTS.items()
        for statement in (
            f"DROP TRIGGER trace_{event} ON {TABLE}",
            f"CREATE TRIGGER trace_{event} AFTER {event.upper()} ON {TABLE} {tables} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION duyen_trace_hanging('file_versions', '{left_out}')",
        )
    ]


class Migration(migrations.Migration):
    dependencies = [("files", "0002_trace_files")]

    operations = [migrations.RunSQL(trace(f"{BEFORE},scan"), trace(BEFORE))]
