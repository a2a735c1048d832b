"""Let named followers read the trail in order: where each stands, and what it could not work through."""

from django.db import migrations, models

# Below which id is every entry either there or will never be? A transaction takes its ids after its own
# number (the trigger runs behind a write, and duyen_note_opened asks for its number first). So: read the
# last id that was taken, and after it take a number of our own, the mark. Whoever holds an id up to the
# first has a number below the mark. What a snapshot tells of running transactions is true below the newest
# one that has *ended*, and says nothing of those above it; so the mark counts once its own transaction has
# ended and no transaction below it is running. A transaction that runs for hours delays readers and never
# misleads them, and nobody waits for a lock. A reader that is in the middle of a write of its own gets what
# is known already: its own number would be too old to be a mark.
SAFE = """
CREATE OR REPLACE FUNCTION duyen_move_safe_id() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  state history_sealing;
  seen pg_snapshot;
  fresh_id bigint;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'reading the trail in order needs read committed: each statement must see who is running now';
  END IF;
  SELECT * INTO state FROM history_sealing;
  IF pg_current_xact_id_if_assigned() IS NOT NULL THEN
    RETURN state.safe_id;
  END IF;
  SELECT pg_current_snapshot() INTO seen;
  -- A mark above every number was made by another server, before a restore.
  IF state.mark_xid >= pg_snapshot_xmax(seen) THEN
    state.mark_xid := NULL;
  ELSIF state.mark_xid < pg_snapshot_xmin(seen) THEN
    state.safe_id := greatest(state.safe_id, state.mark_id);
    state.mark_xid := NULL;
  END IF;
  IF state.mark_xid IS NULL THEN
    SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO fresh_id FROM history_id_seq;
    IF fresh_id > state.safe_id THEN
      state.mark_id := fresh_id;
      state.mark_xid := pg_current_xact_id();
    END IF;
  END IF;
  UPDATE history_sealing s
  SET safe_id = greatest(s.safe_id, state.safe_id), mark_id = state.mark_id, mark_xid = state.mark_xid
  WHERE (s.safe_id, s.mark_id, s.mark_xid) IS DISTINCT FROM (state.safe_id, state.mark_id, state.mark_xid);
  RETURN state.safe_id;
END $$
"""

# The seals take what is known to be safe as it stands, so that nobody waits for a mark while they work.
SEAL_READS = """
DO $$
DECLARE
  told text := pg_get_functiondef('public.duyen_seal_history(integer, integer)'::regprocedure);
BEGIN
  EXECUTE replace(told, 'safe := duyen_move_safe_id();', 'SELECT safe_id INTO safe FROM history_sealing;');
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0005_trace_columns_of_any_name")]

    operations = [
        migrations.RunSQL(SAFE, migrations.RunSQL.noop),
        migrations.RunSQL(SEAL_READS, migrations.RunSQL.noop),
        # A mark of before was made by another rule.
        migrations.RunSQL("UPDATE history_sealing SET mark_xid = NULL", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Follower",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("name", models.CharField(max_length=60)),
                ("position", models.BigIntegerField()),
                ("at_once", models.IntegerField()),
                ("failures", models.IntegerField(default=0)),
                ("problem", models.TextField(default="")),
                ("again_at", models.DateTimeField(null=True)),
                ("moved_at", models.DateTimeField(null=True)),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(fields=["name"], name="a_follower_stands_in_one_place")
                ],
            },
        ),
        migrations.CreateModel(
            name="SetAside",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("follower", models.CharField(max_length=60)),
                ("entry_id", models.BigIntegerField()),
                ("problem", models.TextField()),
                ("at", models.DateTimeField()),
            ],
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=["follower", "entry_id"], name="an_entry_is_set_aside_once"
                    )
                ],
            },
        ),
    ]
