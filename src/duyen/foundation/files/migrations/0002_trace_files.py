"""Put files and their versions under the trail, each on the page of the record on which it hangs."""

from django.db import migrations

# Like duyen_trace, for tables whose rows name their record by columns: entity (its family) and record_id.
# Arguments: the family of the row itself, columns left out. What a row is born with is told.
TRACE_HANGING = """
CREATE FUNCTION duyen_trace_hanging() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_variable
DECLARE
  context jsonb := nullif(current_setting('duyen.context', true), '')::jsonb;
  own_family text := TG_ARGV[0];
  skipped text[] := string_to_array(TG_ARGV[1], ',');
BEGIN
  IF context IS NULL OR context ->> 'verb' IS NULL OR context ->> 'door' IS NULL OR context ->> 'name' IS NULL THEN
    RAISE EXCEPTION 'a write on % without actor, verb and door', TG_TABLE_NAME USING ERRCODE = 'DY001';
  END IF;
  IF TG_OP = 'INSERT' THEN
    INSERT INTO history (operation, entity, record_id, root_entity, root_id, party_id, kind, verb,
                         actor_id, actor_name, on_behalf_of, door, changes, note)
    SELECT (context ->> 'op')::bigint, own_family, n.id, n.entity, n.record_id, n.party_id, 'I', context ->> 'verb',
           (context ->> 'actor')::bigint, context ->> 'name', (context ->> 'for')::bigint, context ->> 'door',
           (SELECT jsonb_object_agg(f.key, jsonb_build_array(NULL, f.value))
            FROM jsonb_each(to_jsonb(n) - skipped) f WHERE f.value <> 'null'::jsonb),
           coalesce(context ->> 'note', '')
    FROM new_rows n;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO history (operation, entity, record_id, root_entity, root_id, party_id, kind, verb,
                         actor_id, actor_name, on_behalf_of, door, changes, note)
    SELECT (context ->> 'op')::bigint, own_family, o.id, o.entity, o.record_id, o.party_id, 'D', context ->> 'verb',
           (context ->> 'actor')::bigint, context ->> 'name', (context ->> 'for')::bigint, context ->> 'door',
           (SELECT jsonb_object_agg(f.key, jsonb_build_array(f.value, NULL))
            FROM jsonb_each(to_jsonb(o) - skipped) f WHERE f.value <> 'null'::jsonb),
           coalesce(context ->> 'note', '')
    FROM old_rows o;
  ELSE
    INSERT INTO history (operation, entity, record_id, root_entity, root_id, party_id, kind, verb,
                         actor_id, actor_name, on_behalf_of, door, changes, note)
    SELECT (context ->> 'op')::bigint, own_family, n.id, n.entity, n.record_id, n.party_id, 'U', context ->> 'verb',
           (context ->> 'actor')::bigint, context ->> 'name', (context ->> 'for')::bigint, context ->> 'door',
           d.changes, coalesce(context ->> 'note', '')
    FROM old_rows o JOIN new_rows n ON n.id = o.id,
         LATERAL (SELECT to_jsonb(o) AS was, to_jsonb(n) AS now OFFSET 0) j,
         LATERAL (SELECT jsonb_object_agg(f.key, jsonb_build_array(j.was -> f.key, f.value)) AS changes
                  FROM jsonb_each(j.now - skipped) f
                  WHERE f.value IS DISTINCT FROM j.was -> f.key) d
    WHERE d.changes IS NOT NULL;
  END IF;
  RETURN NULL;
END $$
"""

# Nobody but the owner hangs the function on a table: it writes to the trail with the owner's right.
PROTECT = """
CREATE FUNCTION duyen_protect_trace_hanging() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  grown record;
BEGIN
  FOR grown IN
    SELECT DISTINCT a.grantee FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.oid = to_regprocedure('public.duyen_trace_hanging()') AND a.grantee <> p.proowner
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION public.duyen_trace_hanging() FROM %s',
      CASE grown.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grown.grantee)) END);
  END LOOP;
END $$
"""
EVENTS = {
    "insert": "REFERENCING NEW TABLE AS new_rows",
    "update": "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
    "delete": "REFERENCING OLD TABLE AS old_rows",
}
STAMPS = "version,updated_at,updated_by_id,created_at,created_by_id"


def trace(table, family, left_out):
    """Give the statements that put one table under the trail."""
    return migrations.RunSQL(
        [
            f"CREATE TRIGGER trace_{event} AFTER {event.upper()} ON {table} {tables} FOR EACH STATEMENT "
            f"EXECUTE FUNCTION duyen_trace_hanging('{family}', '{left_out}')"
            for event, tables in EVENTS.items()
        ],
        [f"DROP TRIGGER trace_{event} ON {table}" for event in EVENTS],
    )


class Migration(migrations.Migration):
    dependencies = [("files", "0001_files"), ("audit", "0005_trace_columns_of_any_name")]

    operations = [
        migrations.RunSQL(TRACE_HANGING, "DROP FUNCTION duyen_trace_hanging()"),
        migrations.RunSQL(PROTECT, "DROP FUNCTION duyen_protect_trace_hanging()"),
        migrations.RunSQL("SELECT duyen_protect_trace_hanging()", migrations.RunSQL.noop),
        trace("files_file", "files", STAMPS),
        trace("files_fileversion", "file_versions", f"{STAMPS},preview,scanned_at,key,place"),
    ]
