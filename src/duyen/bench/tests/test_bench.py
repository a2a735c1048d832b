"""The benchmark in small: it fills, every work is answered, and the table says what was measured."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from django.test import Client

from duyen.bench.filling import CONTACTS_PER_ORGANISATION, Cast, fill
from duyen.bench.measuring import Line, Taken, measure, percentile
from duyen.bench.running import NOTE, Filled, FolderInUse, all_works, filled_before
from duyen.bench.table import Run, markdown
from duyen.entities.registry import entity_named
from duyen.entities.search import search_all
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.org.models import User
from duyen.testing.cast import Cast as People


def _quiet(_line: str) -> None:
    """Nobody reads the progress."""


def _sign_in(user_id: int) -> Client:
    client = Client()
    client.force_login(User.objects.get(pk=user_id))
    return client


@pytest.mark.django_db
def test_fills_and_measures_every_work() -> None:
    cast = fill(400, say=_quiet)

    lines = measure(all_works(cast), _sign_in, repeat=1, say=_quiet)

    director = actor_for(User.objects.get(pk=cast.everything), Door.WEB)
    customers, contacts = entity_named("customers"), entity_named("contacts")
    organisations = customers.rows(director).filter(kind__in=["ORGANISATION", "PUBLIC_BODY"]).count()
    assert contacts.rows(director).count() == int(organisations * CONTACTS_PER_ORGANISATION)
    assert {line.work.group for line in lines} == {"list", "filter", "count", "search", "record", "write"}
    assert all(line.taken.queries > 0 for line in lines)
    assert search_all("KH-B01-26-B000001", actor=director)


def test_refuses_a_folder_of_another_size(tmp_path: Path) -> None:
    folder = DataFolder.locate(tmp_path)
    cast = {"everything": 1, "wide_branch": 2, "full_branch": 3, "team": 4, "own": 5}
    note = {"rows": 20_000, "seconds": 9.0, "cast": cast}
    (tmp_path / NOTE).write_text(json.dumps(note), encoding="utf-8")

    assert filled_before(folder, 20_000) == Filled(20_000, 9.0, Cast(**cast))
    with pytest.raises(FolderInUse):
        filled_before(folder, 200_000)


@pytest.mark.django_db
def test_refuses_a_folder_with_somebody_in_it(cast: People, tmp_path: Path) -> None:
    with pytest.raises(FolderInUse):
        filled_before(DataFolder.locate(tmp_path), 20_000)


def test_takes_the_value_that_the_share_does_not_exceed() -> None:
    assert percentile([5, 1, 4, 2, 3], 50) == 3
    assert percentile(range(1, 101), 95) == 95
    assert percentile([7.0], 95) == 7.0


@pytest.mark.django_db
def test_marks_what_is_over_its_budget() -> None:
    cast = fill(200, say=_quiet)
    work = next(all_works(cast))
    run = Run(rows=200, contacts=31, repeat=1, postgres="18.0", fill_seconds=1.0)
    taken = [Taken(20.0, p95, 4.0, 5, 1.0, 2.0) for p95 in (39.9, 40.1)]

    told = markdown(run, [Line(work, each) for each in taken])

    assert "200 customers" in told
    assert "| 39.9 |" in told
    assert "| **40.1** |" in told
