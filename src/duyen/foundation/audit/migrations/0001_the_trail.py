"""Create the trail: one table by months, one trigger function, and the app's right to read it only."""

from django.db import migrations, models

HISTORY = """
CREATE TABLE history (
  id bigint GENERATED ALWAYS AS IDENTITY,
  at timestamptz NOT NULL DEFAULT now(),
  operation bigint NOT NULL,
  entity text NOT NULL,
  record_id bigint NOT NULL,
  root_entity text NOT NULL,
  root_id bigint NOT NULL,
  party_id bigint,
  kind "char" NOT NULL,
  verb text NOT NULL,
  record_version integer,
  actor_id bigint,
  actor_name text NOT NULL,
  on_behalf_of bigint,
  door text NOT NULL,
  changes jsonb,
  note text NOT NULL DEFAULT '',
  PRIMARY KEY (id, at)
) PARTITION BY RANGE (at)
"""

# Makes the months that are missing, from this one to `ahead` months on. The owner's right, so that
# a nightly job of the app role can call it.
MONTHS = """
CREATE FUNCTION duyen_make_history_months(ahead integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first date := date_trunc('month', now() AT TIME ZONE 'UTC')::date;
  month date;
  made integer := 0;
BEGIN
  FOR step IN -1..ahead LOOP
    month := (first + make_interval(months => step))::date;
    IF to_regclass('public.history_' || to_char(month, 'YYYY_MM')) IS NULL THEN
      EXECUTE format('CREATE TABLE history_%s PARTITION OF history FOR VALUES FROM (%L) TO (%L)',
        to_char(month, 'YYYY_MM'), month::text || ' 00:00+00',
        (month + interval '1 month')::date::text || ' 00:00+00');
      made := made + 1;
    END IF;
  END LOOP;
  PERFORM duyen_protect_history();
  RETURN made;
END $$
"""

# Arguments: entity, root entity, root column, columns left out, secret columns, party column.
# A root's insert tells no values: the row holds them, and later changes tell what they were.
TRACE = """
CREATE FUNCTION duyen_trace() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  context jsonb := nullif(current_setting('duyen.context', true), '')::jsonb;
  root_column text := TG_ARGV[2];
  left_out text[] := string_to_array(TG_ARGV[3], ',');
  secret text[] := string_to_array(TG_ARGV[4], ',');
  party_column text := TG_ARGV[5];
  hidden jsonb := '"•"'::jsonb;
BEGIN
  IF context IS NULL OR context ->> 'verb' IS NULL OR context ->> 'door' IS NULL OR context ->> 'name' IS NULL THEN
    RAISE EXCEPTION 'a write on % without actor, verb and door', TG_TABLE_NAME USING ERRCODE = 'DY001';
  END IF;
  IF TG_OP = 'INSERT' AND root_column = '' THEN
    INSERT INTO history (operation, entity, record_id, root_entity, root_id, party_id, kind, verb, record_version,
                         actor_id, actor_name, on_behalf_of, door, note)
    SELECT (context ->> 'op')::bigint, TG_ARGV[0], n.id, TG_ARGV[1], n.id,
           CASE party_column WHEN '' THEN NULL WHEN 'id' THEN n.id ELSE (to_jsonb(n) ->> party_column)::bigint END,
           'I', context ->> 'verb', 1, (context ->> 'actor')::bigint, context ->> 'name',
           (context ->> 'for')::bigint, context ->> 'door', coalesce(context ->> 'note', '')
    FROM new_rows n;
  ELSIF TG_OP = 'INSERT' THEN
    INSERT INTO history (operation, entity, record_id, root_entity, root_id, party_id, kind, verb,
                         actor_id, actor_name, on_behalf_of, door, changes, note)
    SELECT (context ->> 'op')::bigint, TG_ARGV[0], n.id, TG_ARGV[1], (j.now ->> root_column)::bigint,
           (j.now ->> nullif(party_column, ''))::bigint, 'I', context ->> 'verb', (context ->> 'actor')::bigint,
           context ->> 'name', (context ->> 'for')::bigint, context ->> 'door',
           (SELECT jsonb_object_agg(f.key, jsonb_build_array(NULL, CASE WHEN f.key = ANY (secret) THEN hidden ELSE f.value END))
            FROM jsonb_each(j.now - left_out) f WHERE f.value <> 'null'::jsonb),
           coalesce(context ->> 'note', '')
    FROM new_rows n, LATERAL (SELECT to_jsonb(n) AS now OFFSET 0) j;
  ELSIF TG_OP = 'DELETE' THEN
    INSERT INTO history (operation, entity, record_id, root_entity, root_id, party_id, kind, verb,
                         actor_id, actor_name, on_behalf_of, door, changes, note)
    SELECT (context ->> 'op')::bigint, TG_ARGV[0], o.id, TG_ARGV[1],
           CASE root_column WHEN '' THEN o.id ELSE (j.was ->> root_column)::bigint END,
           (j.was ->> nullif(party_column, ''))::bigint, 'D', context ->> 'verb', (context ->> 'actor')::bigint,
           context ->> 'name', (context ->> 'for')::bigint, context ->> 'door',
           (SELECT jsonb_object_agg(f.key, jsonb_build_array(CASE WHEN f.key = ANY (secret) THEN hidden ELSE f.value END, NULL))
            FROM jsonb_each(j.was - left_out) f WHERE f.value <> 'null'::jsonb),
           coalesce(context ->> 'note', '')
    FROM old_rows o, LATERAL (SELECT to_jsonb(o) AS was OFFSET 0) j;
  ELSE
    INSERT INTO history (operation, entity, record_id, root_entity, root_id, party_id, kind, verb, record_version,
                         actor_id, actor_name, on_behalf_of, door, changes, note)
    SELECT (context ->> 'op')::bigint, TG_ARGV[0], n.id, TG_ARGV[1],
           CASE root_column WHEN '' THEN n.id ELSE (j.now ->> root_column)::bigint END,
           (j.now ->> nullif(party_column, ''))::bigint, 'U', context ->> 'verb', (j.now ->> 'version')::integer,
           (context ->> 'actor')::bigint, context ->> 'name', (context ->> 'for')::bigint, context ->> 'door',
           d.changes, coalesce(context ->> 'note', '')
    FROM old_rows o JOIN new_rows n ON n.id = o.id,
         LATERAL (SELECT to_jsonb(o) AS was, to_jsonb(n) AS now OFFSET 0) j,
         LATERAL (SELECT jsonb_object_agg(f.key, CASE WHEN f.key = ANY (secret) THEN jsonb_build_array(hidden, hidden)
                                                      ELSE jsonb_build_array(j.was -> f.key, f.value) END) AS changes
                  FROM jsonb_each(j.now - left_out) f
                  WHERE f.value IS DISTINCT FROM j.was -> f.key) d
    WHERE d.changes IS NOT NULL;
  END IF;
  RETURN NULL;
END $$
"""

# Every role but the owner may read the trail and nothing else, on the table and on each month, and may
# not hang the function that writes it on a table of its own.
# Run again after anything that hands out rights: new months, a restore, a new app role.
PROTECT = """
CREATE FUNCTION duyen_protect_history() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  grown record;
BEGIN
  FOR grown IN
    SELECT DISTINCT c.oid::regclass AS name, c.relispartition, a.grantee
    FROM pg_class c, aclexplode(c.relacl) a
    WHERE (c.oid = 'public.history'::regclass
           OR c.oid IN (SELECT inhrelid FROM pg_inherits WHERE inhparent = 'public.history'::regclass))
      AND a.grantee <> c.relowner AND a.privilege_type <> 'SELECT'
  LOOP
    EXECUTE format('REVOKE ALL ON %s FROM %s', grown.name,
      CASE grown.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grown.grantee)) END);
    IF NOT grown.relispartition AND grown.grantee <> 0 THEN
      EXECUTE format('GRANT SELECT ON %s TO %I', grown.name, pg_get_userbyid(grown.grantee));
    END IF;
  END LOOP;
  FOR grown IN
    SELECT a.grantee FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.oid = to_regprocedure('public.duyen_trace()') AND a.grantee <> p.proowner
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION public.duyen_trace() FROM %s',
      CASE grown.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grown.grantee)) END);
  END LOOP;
END $$
"""


class Migration(migrations.Migration):
    initial = True
    dependencies = []

    operations = [
        migrations.RunSQL(HISTORY, "DROP TABLE history"),
        migrations.RunSQL(
            "CREATE INDEX history_of_a_record ON history (root_entity, root_id, id DESC)",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(
            "CREATE INDEX history_of_an_operation ON history (operation)", migrations.RunSQL.noop
        ),
        migrations.RunSQL(PROTECT, "DROP FUNCTION duyen_protect_history()"),
        migrations.RunSQL(MONTHS, "DROP FUNCTION duyen_make_history_months(integer)"),
        migrations.RunSQL(TRACE, "DROP FUNCTION duyen_trace()"),
        migrations.RunSQL("SELECT duyen_make_history_months(3)", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="History",
            fields=[
                ("id", models.BigIntegerField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("operation", models.BigIntegerField()),
                ("entity", models.CharField(max_length=60)),
                ("record_id", models.BigIntegerField()),
                ("root_entity", models.CharField(max_length=60)),
                ("root_id", models.BigIntegerField()),
                ("kind", models.CharField(max_length=1)),
                ("verb", models.CharField(max_length=60)),
                ("record_version", models.IntegerField(null=True)),
                ("actor_id", models.BigIntegerField(null=True)),
                ("actor_name", models.CharField(max_length=160)),
                ("on_behalf_of", models.BigIntegerField(null=True)),
                ("door", models.CharField(max_length=12)),
                ("changes", models.JSONField(null=True)),
                ("note", models.CharField(max_length=500)),
            ],
            options={"managed": False, "db_table": "history"},
        ),
    ]
