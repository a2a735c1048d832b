"""Seal ranges of the trail: a chain of digests over its entries that outlives the lawful blanking of values."""

from django.db import migrations, models

# Every entry has a salt of its own, so that the digest of a blanked value cannot be guessed back to the
# value. Where an entry is blanked, `values_digest` stands for what its values and salt gave.
COLUMNS = """
ALTER TABLE history
  ADD COLUMN salt uuid DEFAULT gen_random_uuid(),
  ADD COLUMN values_digest bytea,
  ADD COLUMN blanked_by bigint
"""

# One row for each range and month: a month that is dropped one day takes whole seals with it.
SEALS = """
CREATE TABLE history_seal (
  number bigint PRIMARY KEY,
  first_id bigint NOT NULL,
  last_id bigint NOT NULL,
  month date NOT NULL,
  entries bigint NOT NULL,
  first_at timestamptz NOT NULL,
  last_at timestamptz NOT NULL,
  ids bytea NOT NULL,
  content bytea NOT NULL,
  digest bytea NOT NULL,
  sealed_at timestamptz NOT NULL
)
"""

SEALING = """
CREATE TABLE history_sealing (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  safe_id bigint NOT NULL DEFAULT 0,
  mark_id bigint NOT NULL DEFAULT 0,
  mark_xid xid8
)
"""

VALUES = """
CREATE FUNCTION duyen_values_digest(salt uuid, changes jsonb, note text) RETURNS bytea
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT sha256(convert_to(salt::text || chr(31) || coalesce(changes::text, '') || chr(31) || note, 'UTF8'))
$$
"""

# Only what every server writes alike: whole numbers, the microseconds of a time, JSON as jsonb orders
# it. The name stands last, because it alone may hold any character. An entry without values has nothing
# to digest; one that has lost its salt may hold none.
LINE = """
CREATE FUNCTION duyen_history_line(h history) RETURNS text
LANGUAGE sql STABLE PARALLEL SAFE AS $$
  SELECT concat_ws(chr(31), h.id, encode(timestamptz_send(h.at), 'hex'), h.operation, h.entity, h.record_id,
    h.root_entity, h.root_id, coalesce(h.party_id::text, ''), h.kind, h.verb,
    coalesce(h.record_version::text, ''), coalesce(h.actor_id::text, ''), coalesce(h.on_behalf_of::text, ''), h.door,
    CASE WHEN h.salt IS NULL THEN coalesce(encode(h.values_digest, 'hex'), '')
                                  || CASE WHEN h.changes IS NULL AND h.note = '' THEN '' ELSE '!' END
         WHEN h.changes IS NULL AND h.note = '' THEN ''
         ELSE encode(duyen_values_digest(h.salt, h.changes, h.note), 'hex') END,
    h.actor_name)
$$
"""

SEAL_DIGEST = """
CREATE FUNCTION duyen_seal_digest(previous bytea, s history_seal) RETURNS bytea
LANGUAGE sql STABLE AS $$
  SELECT sha256(convert_to(concat_ws(chr(31), encode(previous, 'hex'), s.number, s.first_id, s.last_id,
    to_char(s.month, 'YYYY-MM'), s.entries, encode(timestamptz_send(s.first_at), 'hex'),
    encode(timestamptz_send(s.last_at), 'hex'), encode(s.ids, 'hex'), encode(s.content, 'hex'),
    encode(timestamptz_send(s.sealed_at), 'hex')), 'UTF8'))
$$
"""

# What stands in a range of ids, month by month, as a seal tells it.
READ_RANGE = """
CREATE FUNCTION duyen_read_history(first bigint, last bigint)
RETURNS TABLE (month date, entries bigint, first_at timestamptz, last_at timestamptz, ids bytea, content bytea,
               blanked bigint)
LANGUAGE sql STABLE AS $$
  SELECT date_trunc('month', h.at AT TIME ZONE 'UTC')::date, count(*), min(h.at), max(h.at),
         sha256(string_agg(int8send(h.id), ''::bytea ORDER BY h.id)),
         sha256(convert_to(string_agg(duyen_history_line(h), chr(30) ORDER BY h.id), 'UTF8')),
         count(*) FILTER (WHERE h.salt IS NULL)
  FROM history h WHERE h.id BETWEEN first AND last
  GROUP BY 1 ORDER BY 1
$$
"""

# Below which id is every entry either there or will never be? A transaction takes its ids after its own
# number (the trigger runs behind a write, and duyen_note_opened asks for its number first). So: read the
# last id that was taken, and after it, in a statement of its own, the number that the next transaction
# will get. Whoever holds an id up to the first has a number below the second. Once no transaction below
# that number is running, every id up to the mark is decided. A transaction that runs for hours delays the
# seal and never breaks it, and nobody waits for a lock.
SAFE = """
CREATE FUNCTION duyen_move_safe_id() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  state history_sealing;
  running xid8;
  fresh_id bigint;
  fresh_xid xid8;
BEGIN
  IF current_setting('transaction_isolation') <> 'read committed' THEN
    RAISE EXCEPTION 'sealing needs read committed: each statement must see who is running now';
  END IF;
  SELECT * INTO state FROM history_sealing;
  SELECT CASE WHEN is_called THEN last_value ELSE 0 END INTO fresh_id FROM history_id_seq;
  SELECT pg_snapshot_xmax(pg_current_snapshot()) INTO fresh_xid;
  SELECT pg_snapshot_xmin(pg_current_snapshot()) INTO running;
  -- A mark above every number was made by another server, before a restore.
  IF running >= fresh_xid THEN
    state.safe_id := greatest(state.safe_id, fresh_id);
    state.mark_xid := NULL;
  ELSIF running >= state.mark_xid THEN
    state.safe_id := greatest(state.safe_id, state.mark_id);
    state.mark_xid := NULL;
  END IF;
  IF state.mark_xid IS NULL OR state.mark_xid > fresh_xid THEN
    state.mark_id := fresh_id;
    state.mark_xid := fresh_xid;
  END IF;
  UPDATE history_sealing s SET safe_id = state.safe_id, mark_id = state.mark_id, mark_xid = state.mark_xid
  WHERE (s.safe_id, s.mark_id, s.mark_xid) IS DISTINCT FROM (state.safe_id, state.mark_id, state.mark_xid);
  RETURN state.safe_id;
END $$
"""

# Seals up to `most` ranges of `size` entries that are not sealed yet; returns how many ranges.
SEAL = """
CREATE FUNCTION duyen_seal_history(most integer, size integer) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  safe bigint;
  last history_seal;
  made history_seal;
  found record;
  upto bigint;
  counted bigint;
BEGIN
  IF most < 1 OR size < 1 THEN
    RAISE EXCEPTION 'sealing % ranges of % entries makes no sense', most, size;
  END IF;
  IF NOT pg_try_advisory_xact_lock(hashtext('duyen_seal_history')) THEN
    RETURN 0;
  END IF;
  safe := duyen_move_safe_id();
  SELECT * INTO last FROM history_seal ORDER BY number DESC LIMIT 1;
  FOR step IN 1..most LOOP
    SELECT max(id), count(*) INTO upto, counted FROM (
      SELECT id FROM history WHERE id > coalesce(last.last_id, 0) AND id <= safe ORDER BY id LIMIT size) chunk;
    IF counted = 0 THEN
      RETURN step - 1;
    END IF;
    made.first_id := coalesce(last.last_id, 0) + 1;
    made.last_id := CASE WHEN counted < size THEN safe ELSE upto END;
    FOR found IN SELECT * FROM duyen_read_history(made.first_id, made.last_id) LOOP
      made.number := coalesce(last.number, 0) + 1;
      made.month := found.month;
      made.entries := found.entries;
      made.first_at := found.first_at;
      made.last_at := found.last_at;
      made.ids := found.ids;
      made.content := found.content;
      made.sealed_at := clock_timestamp();
      made.digest := duyen_seal_digest(coalesce(last.digest, ''::bytea), made);
      INSERT INTO history_seal SELECT made.*;
      last := made;
    END LOOP;
  END LOOP;
  RETURN most;
END $$
"""

# Verifies up to `most` seals behind number `after`, and ends at the first that is broken. `through` is the
# last one looked at; the two counts say how many entries were sealed in it and how many stand there now.
VERIFY = """
CREATE FUNCTION duyen_verify_history(after bigint, most integer,
  OUT through bigint, OUT verified bigint, OUT fault text, OUT sealed bigint, OUT counted bigint)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  seal history_seal;
  before history_seal;
  found record;
BEGIN
  through := after;
  verified := 0;
  SELECT * INTO before FROM history_seal WHERE number = after;
  IF after > 0 AND before.number IS NULL THEN
    fault := 'seal_gone';
    RETURN;
  END IF;
  FOR seal IN SELECT * FROM history_seal WHERE number > after ORDER BY number LIMIT most LOOP
    through := coalesce(before.number, 0) + 1;
    sealed := seal.entries;
    counted := 0;
    IF seal.number <> through THEN
      fault := 'seal_gone';
    ELSIF seal.digest <> duyen_seal_digest(coalesce(before.digest, ''::bytea), seal)
       OR seal.first_id <> coalesce(before.last_id, 0) + 1
          AND (seal.first_id, seal.last_id) IS DISTINCT FROM (before.first_id, before.last_id) THEN
      fault := 'seal_altered';
    END IF;
    IF fault IS NOT NULL THEN
      RETURN;
    END IF;
    FOR found IN SELECT * FROM duyen_read_history(seal.first_id, seal.last_id) LOOP
      IF found.month = seal.month THEN
        counted := counted + found.entries;
        IF found.ids <> seal.ids THEN
          fault := 'entry_replaced';
        ELSIF found.content <> seal.content THEN
          fault := 'entry_altered';
        ELSIF found.blanked > 0 AND EXISTS (
          SELECT FROM history h WHERE h.id BETWEEN seal.first_id AND seal.last_id AND h.salt IS NULL
            AND NOT EXISTS (SELECT FROM history e WHERE e.operation = h.blanked_by AND e.verb LIKE '%.erase')) THEN
          fault := 'blanked_without_erasure';
        END IF;
      ELSIF NOT EXISTS (SELECT FROM history_seal o WHERE o.month = found.month
                        AND o.first_id = seal.first_id AND o.last_id = seal.last_id) THEN
        counted := counted + found.entries;
      END IF;
    END LOOP;
    IF before.number IS NULL THEN
      counted := counted + (SELECT count(*) FROM history h WHERE h.id < seal.first_id);
    END IF;
    IF counted <> sealed THEN
      fault := CASE WHEN counted < sealed THEN 'entry_gone' ELSE 'entry_added' END;
    END IF;
    IF fault IS NOT NULL THEN
      RETURN;
    END IF;
    verified := verified + seal.entries;
    before := seal;
  END LOOP;
END $$
"""

# Blanks what entries hold of a person and keeps the digest of it, so that the seals still hold. The owner's
# alone, and only behind the entry of the erasure that asked for it.
BLANK = """
CREATE FUNCTION duyen_blank_history(entries bigint[], erasure bigint) RETURNS integer
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  done integer;
BEGIN
  IF NOT EXISTS (SELECT FROM history WHERE operation = erasure AND verb LIKE '%.erase') THEN
    RAISE EXCEPTION 'the trail has no erasure %', erasure USING ERRCODE = 'DY002';
  END IF;
  UPDATE history h
  SET values_digest = duyen_values_digest(h.salt, h.changes, h.note), changes = NULL, note = '', salt = NULL,
      blanked_by = erasure
  WHERE h.id = ANY (entries) AND h.salt IS NOT NULL;
  GET DIAGNOSTICS done = ROW_COUNT;
  RETURN done;
END $$
"""

# Every role but the owner may read the trail and its seals and nothing else, and may use none of the
# functions that write or blank what they please. Run again after anything that hands out rights: new
# months, a restore, a new app role.
PROTECT = """
CREATE OR REPLACE FUNCTION duyen_protect_history() RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  grown record;
BEGIN
  FOR grown IN
    SELECT DISTINCT c.oid::regclass AS name, c.relispartition, a.grantee
    FROM pg_class c, aclexplode(c.relacl) a
    WHERE (c.oid IN (to_regclass('public.history'), to_regclass('public.history_seal'), to_regclass('public.history_sealing'))
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
    SELECT p.oid::regprocedure AS name, a.grantee
    FROM pg_proc p, aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) a
    WHERE p.oid IN (to_regprocedure('public.duyen_trace()'), to_regprocedure('public.duyen_blank_history(bigint[], bigint)'))
      AND a.grantee <> p.proowner
  LOOP
    EXECUTE format('REVOKE ALL ON FUNCTION %s FROM %s', grown.name,
      CASE grown.grantee WHEN 0 THEN 'PUBLIC' ELSE quote_ident(pg_get_userbyid(grown.grantee)) END);
  END LOOP;
END $$
"""


def _made(function: str, name: str) -> migrations.RunSQL:
    return migrations.RunSQL(function, f"DROP FUNCTION {name}")


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_note_what_was_opened")]

    operations = [
        migrations.RunSQL(COLUMNS, migrations.RunSQL.noop),
        migrations.RunSQL(SEALS, "DROP TABLE history_seal"),
        migrations.RunSQL(SEALING, "DROP TABLE history_sealing"),
        migrations.RunSQL("INSERT INTO history_sealing DEFAULT VALUES", migrations.RunSQL.noop),
        _made(VALUES, "duyen_values_digest(uuid, jsonb, text)"),
        _made(LINE, "duyen_history_line(history)"),
        _made(SEAL_DIGEST, "duyen_seal_digest(bytea, history_seal)"),
        _made(READ_RANGE, "duyen_read_history(bigint, bigint)"),
        _made(SAFE, "duyen_move_safe_id()"),
        _made(SEAL, "duyen_seal_history(integer, integer)"),
        _made(VERIFY, "duyen_verify_history(bigint, integer)"),
        _made(BLANK, "duyen_blank_history(bigint[], bigint)"),
        migrations.RunSQL(PROTECT, migrations.RunSQL.noop),
        migrations.RunSQL("SELECT duyen_protect_history()", migrations.RunSQL.noop),
        migrations.CreateModel(
            name="Verification",
            fields=[
                ("id", models.BigAutoField(primary_key=True, serialize=False)),
                ("at", models.DateTimeField()),
                ("through", models.BigIntegerField()),
                ("digest", models.CharField(max_length=64)),
                ("entries", models.BigIntegerField()),
                ("is_whole", models.BooleanField()),
                ("fault", models.CharField(max_length=32)),
            ],
        ),
    ]
