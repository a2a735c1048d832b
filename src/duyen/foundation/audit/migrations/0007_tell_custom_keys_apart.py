"""Tell the keys of a record's `custom` apart: each as `custom.<id>`, like a column of its own."""

from django.db import migrations

# The function is altered in place, because an earlier step altered it too. A table without such a column is
# told as before, and so is what was written before.
APART = """
CREATE FUNCTION duyen_custom_apart(told jsonb) RETURNS jsonb
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT CASE WHEN jsonb_typeof(told -> 'custom') = 'object' THEN
    (told - 'custom') || coalesce((SELECT jsonb_object_agg('custom.' || f.key, f.value)
                                   FROM jsonb_each(told -> 'custom') f), '{}'::jsonb)
    ELSE told END
$$
"""

# Of an update only where the object differs; a key that is gone has become null.
TOLD = """
DO $$
DECLARE
  told text := pg_get_functiondef('public.duyen_trace()'::regprocedure);
  changed text;
BEGIN
  changed := replace(told,
    'LATERAL (SELECT to_jsonb(n) AS now OFFSET 0) j',
    'LATERAL (SELECT duyen_custom_apart(to_jsonb(n)) AS now OFFSET 0) j');
  changed := replace(changed,
    'LATERAL (SELECT to_jsonb(o) AS was OFFSET 0) j',
    'LATERAL (SELECT duyen_custom_apart(to_jsonb(o)) AS was OFFSET 0) j');
  changed := replace(changed,
    'LATERAL (SELECT to_jsonb(o) AS was, to_jsonb(n) AS now OFFSET 0) j',
    'LATERAL (SELECT to_jsonb(o) AS was, to_jsonb(n) AS now OFFSET 0) r,
         LATERAL (SELECT r.was, r.now WHERE r.was -> ''custom'' IS NOT DISTINCT FROM r.now -> ''custom''
                  UNION ALL
                  SELECT a.was, (SELECT coalesce(jsonb_object_agg(k.key, NULL), ''{}''::jsonb)
                                 FROM jsonb_object_keys(a.was) k(key) WHERE k.key LIKE ''custom.%'') || a.now
                  FROM (SELECT duyen_custom_apart(r.was) AS was, duyen_custom_apart(r.now) AS now OFFSET 0) a
                  WHERE r.was -> ''custom'' IS DISTINCT FROM r.now -> ''custom'') j');
  IF changed = told OR changed NOT LIKE '%custom.%' THEN
    RAISE EXCEPTION 'duyen_trace does not read as expected';
  END IF;
  EXECUTE changed;
END $$
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0006_follow_the_trail")]

    operations = [
        migrations.RunSQL(APART, "DROP FUNCTION duyen_custom_apart(jsonb)"),
        migrations.RunSQL(TOLD, migrations.RunSQL.noop),
    ]
