"""Two customers become one, and two again: what either agreed to goes along, and is of whose it is then."""

from __future__ import annotations

import pytest

from duyen.entities import standard
from duyen.entities.merging.merging import merge
from duyen.entities.merging.undoing import unmerge
from duyen.entities.registry import entity_named
from duyen.modules.consents.actions import take_contact
from duyen.modules.consents.models import ContactMade
from duyen.modules.consents.queries import contact_permission
from duyen.modules.consents.tests.conftest import Make, stand
from duyen.modules.consents.words import Channel, Purpose
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_consents_follow_into_a_merge_and_back(cast: Cast, customer: int, consent: Make) -> None:
    values = {"name": "Nguyễn Thị Lan", "kind": "INDIVIDUAL", "emails": ["lan@example.com"]}
    customers = entity_named("customers")
    kept = standard.create(customers, actor=cast.actor("manager"), values=values).id
    made = consent(channels=["EMAIL"])
    seller = cast.actor("seller")
    take_contact(customer, Channel.EMAIL, Purpose.MARKETING, actor=seller, address="lan@example.com")
    versions = dict(Party.objects.values_list("pk", "version"))

    done = merge(customers, kept, [customer], actor=cast.actor("manager"), versions=versions)

    survivor = Party.objects.get(pk=kept)
    moved = stand(made)
    assert (moved.party_id, moved.owner_id, moved.unit_id) == (kept, survivor.owner_id, survivor.unit_id)
    assert moved.owner_id == cast.user("manager").pk
    assert ContactMade.objects.get().party_id == kept
    assert contact_permission(kept, Channel.EMAIL, Purpose.MARKETING).is_allowed

    unmerge(done.operation.id, actor=cast.actor("manager"))

    back = stand(made)
    assert (back.party_id, back.owner_id) == (customer, cast.user("seller").pk)
    assert ContactMade.objects.get().party_id == customer
