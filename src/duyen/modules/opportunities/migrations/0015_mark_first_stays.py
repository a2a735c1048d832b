"""Mark the stays that are there, some deals at a time: begun again, it goes on with those that are not marked."""

from django.db import migrations
from django.db.models import Max

#: So many deals are marked in one transaction.
_PART = 20_000
_MARK = """
UPDATE opportunities_stay s SET is_first = r.place = 1, is_first_there = r.place_there = 1
FROM (
  SELECT id, row_number() OVER (PARTITION BY opportunity_id ORDER BY entered_at, id) AS place,
    row_number() OVER (PARTITION BY opportunity_id, stage_id ORDER BY entered_at, id) AS place_there
  FROM opportunities_stay WHERE opportunity_id >= %s AND opportunity_id < %s
) r
WHERE r.id = s.id AND (s.is_first <> (r.place = 1) OR s.is_first_there <> (r.place_there = 1))
"""


def _mark(apps, schema_editor):
    last = apps.get_model("opportunities", "Stay").objects.aggregate(last=Max("opportunity_id"))["last"] or 0
    with schema_editor.connection.cursor() as cursor:
        for first in range(0, last + 1, _PART):
            cursor.execute(_MARK, [first, first + _PART])


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("opportunities", "0014_first_stays")]

    operations = [migrations.RunPython(_mark, migrations.RunPython.noop)]
