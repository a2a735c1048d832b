"""Two customers become one, and two again: what was done for either stays with the one that stands."""

from __future__ import annotations

import pytest

from duyen.entities.merging.merging import merge
from duyen.entities.merging.undoing import unmerge
from duyen.entities.registry import entity_named
from duyen.modules.activities.models import About, Activity
from duyen.modules.activities.tests.conftest import Make, Take
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _ref(customer: int) -> dict[str, object]:
    return {"entity": "customers", "id": customer}


def test_activities_follow_into_a_merge_and_back(cast: Cast, customer: Make, make: Make, take: Take) -> None:
    kept, gone = customer("Công ty Hải Long"), customer("Công ty TNHH Hải Long")
    of_gone, of_both = make(about=[_ref(gone)]), make(about=[_ref(kept), _ref(gone)])
    manager = cast.actor("manager")
    versions = dict(Party.objects.values_list("pk", "version"))

    done = merge(entity_named("customers"), kept, [gone], actor=manager, versions=versions)

    held = {each.pk: (each.about, each.party_id) for each in Activity.objects.all()}
    assert held == {of_gone: ([_ref(kept)], kept), of_both: ([_ref(kept)], kept)}
    assert set(About.objects.values_list("record_id", "party_id")) == {(kept, kept)}

    take("finish", of_gone)
    unmerge(done.operation.id, actor=manager)

    held = {each.pk: (each.about, each.party_id) for each in Activity.objects.all()}
    assert held == {of_gone: ([_ref(gone)], gone), of_both: ([_ref(kept), _ref(gone)], kept)}
