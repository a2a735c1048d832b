"""Ties that come as a set: written by the system at once, and by nobody else."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, transaction

from duyen.entities import standard
from duyen.entities.errors import NotAllowed
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit.models import History
from duyen.modules.parties.actions import NewTie, tie_many
from duyen.modules.parties.models import Tie
from duyen.modules.parties.words import TieKind
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _pair(cast: Cast) -> tuple[int, int]:
    actor = cast.actor("seller")
    firm = {"name": "Công ty CP Cảng Nam Triệu", "kind": "ORGANISATION"}
    person = standard.create(entity_named("contacts"), actor=actor, values={"name": "Phan Thu Trà"})
    return person.id, standard.create(entity_named("customers"), actor=actor, values=firm).id


def test_ties_a_set_and_tells_both_ends(cast: Cast) -> None:
    person, firm = _pair(cast)
    ties = [NewTie(kind, person, firm) for kind in (TieKind.WORKS_AT, TieKind.LEGAL_REPRESENTATIVE)]

    operation = tie_many(ties, actor=system_actor("tests"))

    told = History.objects.filter(operation=operation.id).values_list("root_id", flat=True)
    assert Tie.objects.count() == 2
    assert sorted(told) == sorted([person, firm] * 2)


def test_leaves_sets_to_the_system(cast: Cast) -> None:
    person, firm = _pair(cast)
    before = History.objects.count()

    with pytest.raises(NotAllowed):
        tie_many([NewTie(TieKind.WORKS_AT, person, firm)], actor=cast.actor("director"))

    assert (Tie.objects.count(), History.objects.count()) == (0, before)


def test_writes_none_where_two_are_the_same(cast: Cast) -> None:
    person, firm = _pair(cast)
    twice = [NewTie(TieKind.WORKS_AT, person, firm)] * 2

    with pytest.raises(IntegrityError), transaction.atomic():
        tie_many(twice, actor=system_actor("tests"))

    assert Tie.objects.count() == 0
