"""Find anew when parties were last in touch where a private activity was the last one."""

from django.db import migrations

_FIND_ANEW = """
WITH touched AS (
  SELECT DISTINCT a.party_id AS member FROM activities_about a JOIN activities_activity v ON v.id = a.activity_id
  WHERE v.is_private AND a.party_id IS NOT NULL
), roots AS (
  SELECT member AS root FROM touched
  UNION SELECT t.to_party_id FROM touched JOIN parties_tie t ON t.party_id = touched.member
  WHERE t.kind = 'WORKS_AT' AND t.until IS NULL
), members AS (
  SELECT root, root AS member FROM roots
  UNION SELECT roots.root, t.party_id FROM roots JOIN parties_tie t ON t.to_party_id = roots.root
  WHERE t.kind = 'WORKS_AT' AND t.until IS NULL
), newest AS (
  SELECT m.root, max(a.at) AS at FROM members m
  LEFT JOIN (activities_about a JOIN activities_activity v ON v.id = a.activity_id
    AND v.kind IN ('CALL', 'MEETING', 'VISIT', 'EMAIL', 'LETTER')
    AND v.state = 'DONE' AND v.deleted_at IS NULL AND NOT v.is_private) ON a.party_id = m.member
  GROUP BY m.root
), gone AS (
  DELETE FROM activities_lastcontact l USING newest n WHERE l.party_id = n.root AND n.at IS NULL
)
UPDATE activities_lastcontact l SET at = n.at FROM newest n WHERE l.party_id = n.root AND n.at IS NOT NULL
"""


class Migration(migrations.Migration):
    dependencies = [
        ("activities", "0007_what_stands_on_top_of_a_timeline"),
        ("parties", "0001_parties_roles_and_ties"),
    ]

    operations = [migrations.RunSQL(_FIND_ANEW, migrations.RunSQL.noop)]
