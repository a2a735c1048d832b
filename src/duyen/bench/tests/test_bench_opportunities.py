"""The benchmark of opportunities in small: what it makes agrees with itself, and every page answers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from duyen.bench.deals import fill_deals
from duyen.bench.filling import fill
from duyen.bench.measuring import measure
from duyen.bench.opportunities import deal_works
from duyen.entities.registry import entity_named
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.org.models import User

#: What would be wrong in any base: sums beside their lines, or competitors beside their encounters.
_ASTRAY = """
SELECT count(*) FROM opportunities_opportunity o
  LEFT JOIN LATERAL (SELECT sum(total) AS total, count(*) AS lines FROM opportunities_line l
                      WHERE l.opportunity_id = o.id) l ON true
  LEFT JOIN LATERAL (SELECT coalesce(array_agg(competitor_id ORDER BY competitor_id), '{}') AS met
                       FROM opportunities_encounter e WHERE e.opportunity_id = o.id) e ON true
 WHERE o.line_count <> l.lines OR (l.lines > 0 AND o.amount <> l.total) OR o.competitor_ids <> e.met
    OR (o.lost_to_id IS NOT NULL AND NOT o.lost_to_id = ANY(e.met))
"""


def _quiet(_line: str) -> None:
    """Nobody reads the progress."""


def _sign_in(user_id: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.mark.django_db
def test_fills_once_with_what_agrees_and_measures_every_page() -> None:
    cast = fill(300, say=_quiet)

    added = (fill_deals(900, say=_quiet), fill_deals(900, say=_quiet))
    lines = measure(deal_works(cast), _sign_in, repeat=1, say=_quiet)

    deals = entity_named("opportunities")
    director = actor_for(User.objects.get(pk=cast.everything), Door.WEB)
    with connection.cursor() as cursor:
        cursor.execute(_ASTRAY)
        astray = cursor.fetchone()[0]
    assert added == (900, 0)
    assert deals.rows(director).count() == 900
    assert astray == 0
    assert set(deals.rows(director).values_list("state", flat=True)) == {
        *("OPEN", "ON_HOLD", "WON", "LOST", "CANCELLED"),
    }
    assert len(lines) == len({line.work.label for line in lines})
    assert all(line.taken.queries > 0 for line in lines)
