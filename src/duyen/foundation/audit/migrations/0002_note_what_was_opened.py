"""Let the app add to the trail that somebody opened what is watched; it changes nothing that is there."""

from django.db import migrations

# The transaction gets its number before the entry gets an id: the sealing of ranges rests on that order.
NOTE_OPENED = """
CREATE FUNCTION duyen_note_opened(context jsonb, family text, record bigint, party bigint, told jsonb)
RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  made bigint;
BEGIN
  PERFORM pg_current_xact_id();
  IF context ->> 'verb' IS NULL OR context ->> 'door' IS NULL OR context ->> 'name' IS NULL THEN
    RAISE EXCEPTION 'opening % without actor, verb and door', family USING ERRCODE = 'DY001';
  END IF;
  INSERT INTO history (operation, entity, record_id, root_entity, root_id, party_id, kind, verb,
                       actor_id, actor_name, on_behalf_of, door, changes, note)
  VALUES ((context ->> 'op')::bigint, family, record, family, record, party, 'O', context ->> 'verb',
          (context ->> 'actor')::bigint, context ->> 'name', (context ->> 'for')::bigint, context ->> 'door',
          told, coalesce(context ->> 'note', ''))
  RETURNING id INTO made;
  RETURN made;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0001_the_trail")]

    operations = [
        migrations.RunSQL(NOTE_OPENED, "DROP FUNCTION duyen_note_opened(jsonb, text, bigint, bigint, jsonb)"),
    ]
