"""The benchmark of leads in small: what it makes is as intake makes it; every way in and page answers."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test import Client

from duyen.bench.filling import fill
from duyen.bench.intake import measure_intake, told
from duyen.bench.interests import fill_leads
from duyen.bench.leads import lead_works, matching_line, phones_of
from duyen.bench.measuring import measure
from duyen.entities.registry import entity_named
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.org.models import User
from duyen.modules.web_forms.models import Entry

#: What would be wrong in any base: a lead whose party is not its own unverified one, nor its customer.
_ASTRAY = """
SELECT count(*) FROM leads_lead l
  JOIN parties_party own ON own.id = l.own_party_id
  JOIN parties_party p ON p.id = l.party_id
 WHERE own.verified OR own.phones <> l.phones
    OR (l.party_id <> l.own_party_id AND l.party_id <> l.customer_id)
    OR (l.company <> '') <> (l.own_firm_id IS NOT NULL)
    OR (l.customer_id IS NOT NULL AND l.company = '') <> (own.deleted_at IS NOT NULL)
"""


def _quiet(_line: str) -> None:
    """Nobody reads the progress."""


def _sign_in(user_id: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.mark.django_db
def test_fills_once_takes_leads_in_by_every_way_and_measures_every_page() -> None:
    cast = fill(300, say=_quiet)

    added = (fill_leads(600, say=_quiet), fill_leads(600, say=_quiet))
    speeds = measure_intake(cast, phones_of(50), count=8, say=_quiet)
    lines = [matching_line(cast, 3), *measure(lead_works(cast), _sign_in, repeat=1, say=_quiet)]

    leads = entity_named("leads")
    director = actor_for(User.objects.get(pk=cast.everything), Door.WEB)
    with connection.cursor() as cursor:
        cursor.execute(_ASTRAY)
        astray = cursor.fetchone()[0]
    assert added == (600, 0)
    assert astray == 0
    ways = ["web form, opened", "web form, sent", "REST", "REST, and whom it may be"]
    assert [(each.label, each.count) for each in speeds] == [(way, 8) for way in ways]
    assert Entry.objects.filter(lead_id__isnull=False).count() == 8
    # By the two ways of REST, and by the work that takes in one: once to warm up, once measured.
    assert leads.rows(director).filter(code__startswith="KHTN-").count() == 8 * 3 + 2
    assert len(told(speeds)) == 6
    assert len(lines) == len({line.work.label for line in lines})
    assert all(line.taken.queries > 0 for line in lines)
