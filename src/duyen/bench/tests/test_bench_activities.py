"""The benchmark of activities in small: what it makes is what the product would, and every page answers."""

from __future__ import annotations

import pytest
from django.test import Client

from duyen.bench.activities import activity_works, fill_activities
from duyen.bench.filling import fill
from duyen.bench.measuring import measure
from duyen.entities.registry import entity_named
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.org.models import User


def _quiet(_line: str) -> None:
    """Nobody reads the progress."""


def _sign_in(user_id: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.mark.django_db
def test_fills_once_and_measures_every_page() -> None:
    cast = fill(300, say=_quiet)

    added = (fill_activities(6_000, say=_quiet), fill_activities(6_000, say=_quiet))
    lines = measure(activity_works(cast), _sign_in, repeat=1, say=_quiet)

    director = actor_for(User.objects.get(pk=cast.everything), Door.WEB)
    assert added == (6_000, 0)
    assert entity_named("activities").rows(director).count() == 6_000
    assert len(lines) == len({line.work.label for line in lines})
    assert all(line.taken.queries > 0 for line in lines)
