"""The temperature that a score proposes is taken by a click, within rights, and can be taken back."""

from __future__ import annotations

from collections.abc import Mapping

import pytest
from django.test import Client

from duyen.entities.errors import NotFound
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.undo import undo
from duyen.foundation.audit.models import History
from duyen.kernel.errors import DomainError
from duyen.modules.leads.models import Lead
from duyen.modules.scoring.tests.conftest import REFERRED, Make
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
_HOT = {**REFERRED, "points": 70}


def _standing(lead_id: int) -> tuple[Mapping[str, object], int]:
    row = Lead.objects.filter(pk=lead_id).values("temperature", "version").get()
    return row, History.objects.filter(entity="leads", record_id=lead_id).count()


def _take(cast: Cast, lead_id: int, temperature: str, *, by: str = "seller") -> int:
    actor = cast.actor(by)
    done = perform(
        entity_named("leads"), "follow_score", lead_id, actor=actor, arguments={"temperature": temperature}
    )
    return done.operation.id


def test_a_click_sets_what_is_proposed_and_undo_takes_it_back(in_force: Make, lead: Make, cast: Cast) -> None:
    in_force(_HOT)
    made = lead()
    client = Client()
    client.force_login(cast.user("seller"))
    assert "Chuyển thành nóng" in client.get(f"/leads/{made}").content.decode()

    answer = client.post(f"/leads/{made}/follow_score", {"temperature": "HOT"}, follow=True)

    page = answer.content.decode()
    assert "Chuyển thành nóng" not in page
    assert Lead.objects.get(pk=made).temperature == "HOT"
    told = History.objects.filter(entity="leads", record_id=made, verb="leads.follow_score").get()
    assert told.actor_id == cast.user("seller").pk
    assert f"/_undo/{told.operation}" in page
    undo(told.operation, actor=cast.actor("seller"))
    assert Lead.objects.get(pk=made).temperature == "WARM"


def test_what_is_not_proposed_is_refused_and_changes_nothing(in_force: Make, lead: Make, cast: Cast) -> None:
    in_force(_HOT)
    made = lead()
    before = _standing(made)
    for temperature in ("COLD", "WARM", "LUKEWARM", ""):
        with pytest.raises(DomainError):
            _take(cast, made, temperature)
    assert _standing(made) == before


def test_nobody_takes_it_for_a_lead_that_is_not_hers(in_force: Make, lead: Make, cast: Cast) -> None:
    in_force(_HOT)
    made = lead()
    before = _standing(made)
    with pytest.raises(NotFound):
        _take(cast, made, "HOT", by="outsider")
    assert _standing(made) == before
