"""Tell of deals that are there how long they stood in each stage, as far as the trail knows it."""

from django.db import migrations

#: Each move in the trail says from where and to where; an entry of a new deal tells no values.
_FILL = """
WITH moves AS (
  SELECT root_id AS deal, id, verb, actor_id,
    (changes -> 'stage_id' ->> 0)::bigint AS was, (changes -> 'stage_id' ->> 1)::bigint AS stage,
    (changes -> 'stage_since' ->> 0)::timestamptz AS was_since,
    (changes -> 'stage_since' ->> 1)::timestamptz AS since,
    changes -> 'state' ->> 0 AS was_state, (changes -> 'closed_on' ->> 0)::date AS was_closed,
    (changes -> 'state_since' ->> 0)::timestamptz AS was_told
  FROM history
  WHERE entity = 'opportunities' AND kind = 'U'
    AND jsonb_exists(changes, 'stage_id') AND jsonb_exists(changes, 'stage_since')
), begun AS (
  (SELECT DISTINCT ON (deal) deal, 0::bigint AS entry, was AS stage, was_since AS entered, NULL::bigint AS who,
    ''::text AS verb, NULL::text AS was_state, NULL::date AS was_closed, NULL::timestamptz AS was_told
   FROM moves ORDER BY deal, id)
  UNION ALL
  SELECT deal, id, stage, since, actor_id, verb, was_state, was_closed, was_told FROM moves
  UNION ALL
  SELECT id, 0, stage_id, stage_since, created_by_id, '', NULL, NULL, NULL
  FROM opportunities_opportunity o
  WHERE NOT EXISTS (SELECT FROM moves m WHERE m.deal = o.id)
), paired AS (
  SELECT deal, stage, entered, who,
    lead(stage) OVER later AS next_stage, lead(entered) OVER later AS next_entered,
    lead(verb) OVER later AS next_verb, lead(was_state) OVER later AS ended_state,
    lead(was_closed) OVER later AS ended_on, lead(was_told) OVER later AS ended_at
  FROM begun WINDOW later AS (PARTITION BY deal ORDER BY entry)
), told AS (
  SELECT p.*, o.party_id, o.state, CASE WHEN p.next_stage IS NULL THEN o.state_since ELSE p.ended_at END AS told_at,
    CASE WHEN p.ended_state IN ('LOST', 'WON', 'CANCELLED') THEN p.ended_on
         WHEN p.next_stage IS NULL AND o.state IN ('WON', 'LOST', 'CANCELLED') THEN o.closed_on
    END AS closed
  FROM paired p JOIN opportunities_opportunity o ON o.id = p.deal
), ended AS (
  SELECT told.*,
    CASE WHEN closed IS NULL THEN next_entered
         WHEN (told_at AT TIME ZONE 'Asia/Ho_Chi_Minh')::date = closed THEN told_at
         ELSE (closed + time '23:59:59') AT TIME ZONE 'Asia/Ho_Chi_Minh'
    END AS left_at
  FROM told
)
INSERT INTO opportunities_stay (opportunity_id, party_id, stage_id, entered_at, entered_by_id, left_at, "left", rested)
SELECT deal, party_id, here.id, entered, u.id, greatest(left_at, CASE WHEN left_at IS NOT NULL THEN entered END),
  CASE WHEN left_at IS NULL THEN ''
       WHEN closed IS NOT NULL THEN coalesce(CASE WHEN next_stage IS NULL THEN state END, ended_state)
       WHEN next_verb = 'opportunity_stages.retire' THEN 'MOVED'
       WHEN there.position > here.position THEN 'ON' ELSE 'BACK' END,
  0
FROM ended
JOIN opportunities_stage here ON here.id = ended.stage
LEFT JOIN opportunities_stage there ON there.id = ended.next_stage
LEFT JOIN org_user u ON u.id = ended.who
WHERE NOT (next_stage IS NULL AND closed IS NOT NULL AND left_at < entered)
"""
#: The days on which a deal was put aside do not count; those that still are will tell when they are taken up.
_RESTED = """
WITH holds AS (
  SELECT root_id AS deal, changes -> 'state' ->> 1 AS state, at AS since,
    lead(at) OVER (PARTITION BY root_id ORDER BY id) AS until
  FROM history WHERE entity = 'opportunities' AND kind = 'U' AND jsonb_exists(changes, 'state')
), rests AS (
  SELECT s.id, sum(greatest(0,
      (least(h.until, coalesce(s.left_at, h.until)) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date
      - (greatest(h.since, s.entered_at) AT TIME ZONE 'Asia/Ho_Chi_Minh')::date)) AS days
  FROM holds h JOIN opportunities_stay s ON s.opportunity_id = h.deal
  WHERE h.state = 'ON_HOLD' AND h.until IS NOT NULL
  GROUP BY s.id
)
UPDATE opportunities_stay s SET rested = r.days FROM rests r WHERE r.id = s.id AND r.days > 0
"""


class Migration(migrations.Migration):
    dependencies = [
        ("audit", "0007_tell_custom_keys_apart"),
        ("opportunities", "0007_stays_in_stages"),
    ]

    operations = [
        migrations.RunSQL(_FILL, migrations.RunSQL.noop),
        migrations.RunSQL(_RESTED, migrations.RunSQL.noop),
    ]
