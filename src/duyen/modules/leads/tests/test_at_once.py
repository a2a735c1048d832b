"""Two people take a step on a lead at the same moment: one of them is told, and nothing is made twice."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.kernel.clock import today
from duyen.kernel.errors import DomainError
from duyen.modules.leads.models import Lead
from duyen.modules.leads.tests.conftest import WORTH, Make, Take, stand
from duyen.modules.opportunities.models import Opportunity
from duyen.modules.parties.models import Party, PartyInRole, Tie
from duyen.modules.parties.words import PartyRole
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db(transaction=True)

Call = Callable[..., None]
_DEAL = {
    "with_opportunity": True,
    "opportunity_name": "Mạng cho quán",
    "expected_close": today().isoformat(),
}


@pytest.fixture
def qualified(lead: Make, take: Take, call: Call) -> Make:
    """Take in a lead and qualify it, as the seller."""

    def make(**values: Any) -> int:
        made = lead(**{**WORTH, **values})
        call(made)
        for verb in ("take", "contact", "qualify"):
            take(verb, made)
        return made

    return make


@pytest.fixture
def at_once(cast: Cast) -> Callable[..., list[str]]:
    """Take steps, each by somebody through a connection of its own, all at once; gives how each ended."""

    def take_all(*steps: tuple[str, str, int, dict[str, Any]]) -> list[str]:
        together, ended = threading.Barrier(len(steps), timeout=60), dict[int, str]()
        leads, actors = entity_named("leads"), [cast.actor(who) for who, *_rest in steps]

        def one(place: int, verb: str, lead_id: int, arguments: dict[str, Any]) -> None:
            try:
                together.wait()
                perform(leads, verb, lead_id, actor=actors[place], arguments=arguments)
                ended[place] = "done"
            except DomainError as refused:
                ended[place] = refused.code
            finally:
                connection.close()

        threads = [
            threading.Thread(target=one, args=(place, *step)) for place, (_who, *step) in enumerate(steps)
        ]
        for each in threads:
            each.start()
        for each in threads:
            each.join(timeout=120)
        return [ended[place] for place in range(len(steps))]

    return take_all


def _customers() -> int:
    return PartyInRole.objects.filter(role=PartyRole.CUSTOMER.name, until=None).count()


def test_a_lead_that_two_convert_at_once_becomes_one_customer(
    qualified: Make, at_once: Callable[..., list[str]]
) -> None:
    made = qualified(company="Công ty TNHH Sao Mai", job_title="Giám đốc")
    parties = Party.objects.count()

    ended = at_once(("seller", "convert", made, _DEAL), ("manager", "convert", made, _DEAL))

    assert sorted(ended) == ["done", "not_now"]
    assert stand(made).state == "CONVERTED"
    assert (_customers(), Opportunity.objects.count(), Tie.objects.count()) == (1, 1, 1)
    assert Party.objects.count() == parties


def test_a_lead_that_is_converted_and_given_up_at_once_is_one_of_both(
    qualified: Make, at_once: Callable[..., list[str]]
) -> None:
    made = qualified()

    ended = at_once(
        ("seller", "convert", made, {}),
        ("manager", "disqualify", made, {"disqualify_reason": "PRICE"}),
    )

    row = stand(made)
    assert sorted(ended) == ["done", "not_now"]
    if ended[0] == "done":
        assert (row.state, _customers(), row.customer_id) == ("CONVERTED", 1, row.party_id)
    else:
        assert (row.state, _customers(), row.customer_id) == ("DISQUALIFIED", 0, None)


def test_two_leads_of_one_person_make_one_customer_at_once(
    qualified: Make, at_once: Callable[..., list[str]]
) -> None:
    first, second = qualified(), qualified()

    ended = at_once(("seller", "convert", first, {}), ("manager", "convert", second, {}))

    assert sorted(ended) == ["done", "not_now"]
    assert _customers() == 1
    assert sorted(Lead.objects.values_list("state", flat=True)) == ["CONVERTED", "QUALIFIED"]


def test_a_conversion_that_two_take_back_at_once_is_taken_back_once(
    qualified: Make, take: Take, at_once: Callable[..., list[str]]
) -> None:
    made = qualified()
    take("convert", made, **_DEAL)
    back = {"note": "Nhầm"}

    ended = at_once(("seller", "unconvert", made, back), ("manager", "unconvert", made, back))

    assert sorted(ended) == ["done", "not_now"]
    row = stand(made)
    assert (row.state, row.customer_id, row.conversion) == ("QUALIFIED", None, {})
    assert _customers() == 0
