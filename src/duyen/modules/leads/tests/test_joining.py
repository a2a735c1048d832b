"""Whom a lead may be is proposed with the reason, joined by a person, and taken apart again."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from typing import Any

import pytest
from django.db import transaction

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.kernel import clock
from duyen.kernel.clock import now
from duyen.modules.leads.actions.joining import NobodyThere, NotJoined
from duyen.modules.leads.actions.reclaiming import reclaim_late
from duyen.modules.leads.panels import matches
from duyen.modules.leads.tests.conftest import Make, Take, change, stand
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _customer(cast: Cast, by: str = "seller", **values: object) -> int:
    given = {"name": "Phạm Thị Mai", "kind": "INDIVIDUAL", "phones": ["0359 000 111"], **values}
    return standard.create(entity_named("customers"), actor=cast.actor(by), values=given).id


def _seen(cast: Cast, made: int, who: str = "seller") -> Mapping[str, Any]:
    leads = entity_named("leads")
    row = leads.rows(cast.actor(who)).values(*leads.columns).get(pk=made)
    return matches(cast.actor(who), {**row, "id": made})


def test_proposes_a_customer_with_the_same_phone_and_joins_nobody_by_itself(lead: Make, cast: Cast) -> None:
    known, made = _customer(cast), lead()
    ((likely, reasons),) = _seen(cast, made)["known"]
    assert (likely.id, likely.is_likely) == (known, True)
    assert len(reasons) == 1
    assert stand(made).customer_id is None


def test_proposes_an_open_lead_with_the_same_phone(lead: Make, cast: Cast, take: Take) -> None:
    first, made = lead(name="Mai"), lead()
    (told,) = _seen(cast, made)["leads"]
    assert told[0].id == first
    take("disqualify", first, disqualify_reason="NO_NEED")
    assert _seen(cast, made) == {}


def test_tells_of_a_customer_of_others_no_more_than_that_it_is_there(lead: Make, cast: Cast) -> None:
    known, made = _customer(cast, by="outsider"), lead()
    ((likely, _reasons),) = _seen(cast, made)["known"]
    assert (likely.id, likely.label) == (None, "")
    assert likely.ask
    assert known


def test_joins_on_a_click_and_comes_apart_again(lead: Make, take: Take, cast: Cast) -> None:
    known, made = _customer(cast), lead()
    own = stand(made).party_id
    take("join", made, party=known)
    row = stand(made)
    assert (row.party_id, row.customer_id, row.own_party_id) == (known, known, own)
    assert Party.objects.get(pk=own).deleted_at is not None
    change(cast, made, name="Phạm Mai")
    assert Party.objects.get(pk=known).name == "Phạm Thị Mai"
    take("stand_alone", made, party=known)
    row = stand(made)
    assert (row.party_id, row.customer_id) == (own, None)
    party = Party.objects.get(pk=own)
    assert (party.name, party.deleted_at) == ("Phạm Mai", None)


def test_joins_the_company_where_somebody_asks_for_one(lead: Make, take: Take, cast: Cast) -> None:
    firm = _customer(cast, name="Công ty TNHH Sao Mai", kind="ORGANISATION", phones=[])
    made = lead(company="Công ty TNHH Sao Mai")
    speaker = stand(made).party_id
    take("join", made, party=firm)
    row = stand(made)
    assert (row.party_id, row.firm_id, row.customer_id) == (speaker, firm, firm)


def test_joins_with_nobody_who_is_closed_to_the_seller(lead: Make, take: Take, cast: Cast) -> None:
    foreign, made = _customer(cast, by="outsider"), lead()
    before = History.objects.count()
    for wrong in (foreign, 2**40):
        with pytest.raises(NobodyThere), transaction.atomic():
            take("join", made, party=wrong)
    with pytest.raises(NotJoined), transaction.atomic():
        take("stand_alone", made, party=foreign)
    assert History.objects.count() == before
    assert stand(made).customer_id is None


def test_goes_back_to_the_pool_by_itself(lead: Make, take: Take) -> None:
    made, fresh = lead(), lead()
    with clock.stopped(now() - dt.timedelta(days=20)):
        take("take", made)
    take("take", fresh)
    assert reclaim_late() == 1
    assert (stand(made).state, stand(fresh).state) == ("NEW", "ASSIGNED")
    assert reclaim_late() == 0
