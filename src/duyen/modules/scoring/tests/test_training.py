"""A learned score: what it goes by, when it is offered, what each lead says of it."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.test import Client

from duyen.entities.errors import NotAllowed
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.kernel.clock import ZONE, stopped
from duyen.modules.leads.models import Lead
from duyen.modules.parties.models import Party
from duyen.modules.scoring import queries
from duyen.modules.scoring.actions.training import KIND, ask_to_learn, learned
from duyen.modules.scoring.facts import GIVEN, facts_of, in_words
from duyen.modules.scoring.models import LearnedScore
from duyen.modules.scoring.rules import LATE, verdict
from duyen.modules.scoring.tests.conftest import REFERRED, Make, run_jobs
from duyen.modules.scoring.words import Verdict
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
START = dt.datetime(2026, 1, 5, 9, 0, tzinfo=ZONE)
LATER = dt.datetime(2026, 11, 26, 9, 0, tzinfo=ZONE)


def plant(cast: Cast, lead: Make, told: list[dict[str, Any]]) -> None:
    """Put leads that ended into the base, an hour after one another, shaped as one that was taken in."""
    shape = Lead.objects.filter(pk=lead()).values().get()
    party = Party.objects.filter(pk=shape["party_id"]).values_list("pk", flat=True).get()
    trail.begin(system_actor("tests"), "tests.plant")
    skipped = {"name_key", "search", "id", "code", "score", "likelihood"}
    kept = {key: value for key, value in shape.items() if key not in skipped}
    rows = []
    for number, (row_id, each) in enumerate(zip(next_ids(Lead, len(told)), told, strict=True)):
        moment = START + dt.timedelta(hours=number)
        won = each.pop("won")
        state = "CONVERTED" if won else "DISQUALIFIED"
        ended = {"customer_id": party, "converted_at": moment} if won else {"disqualify_reason": "PRICE"}
        stamps = {"created_at": moment, "updated_at": moment, "state_since": moment}
        rows.append({**kept, "id": row_id, "code": f"T{row_id}", "state": state, **stamps, **ended, **each})
    columns = {key for row in rows for key in row}
    blank = {"customer_id": None, "converted_at": None, "disqualify_reason": ""}
    insert_rows(Lead, [{**blank, **{key: row[key] for key in columns if key in row}} for row in rows])


def _by_company(count: int) -> list[dict[str, Any]]:
    """Invent leads: of those that asked for a company three in four became customers, of others one."""
    found = []
    for number in range(count):
        has_company = number % 2 == 0
        raw = {"name": "Ai đó", "source": "WEB", **({"company": "Công ty A"} if has_company else {})}
        won = (number // 2) % 4 != 0 if has_company else (number // 2) % 4 == 0
        found.append({"raw": raw, "source": "WEB", "won": won})
    return found


def _learn(cast: Cast) -> LearnedScore:
    work(ask_to_learn(actor=cast.actor("director")).pk)
    run_jobs()
    found = queries.last_learned()
    assert found is not None
    return found


def test_it_is_offered_where_it_orders_better_than_the_points(in_force: Make, lead: Make, cast: Cast) -> None:
    in_force(REFERRED)
    plant(cast, lead, _by_company(400))
    with stopped(LATER):
        told = _learn(cast)
        new = lead(source="WEB", company="Công ty TNHH An Phát")
        other = lead(source="WEB", name="Lê Văn Ba", phones=["0359 000 222"])

    assert (told.verdict, told.trained + told.held) == (Verdict.OFFERED, 400)
    assert told.auc == pytest.approx(0.75, abs=0.02)
    assert told.auc_points == 0.5
    assert told.lift == pytest.approx(1.5, abs=0.1)
    chances = dict(Lead.objects.filter(pk__in=[new, other]).values_list("pk", "likelihood"))
    assert chances[new] is not None
    assert chances[new] == pytest.approx(75, abs=6)
    assert chances[other] == pytest.approx(25, abs=6)


def test_it_is_not_offered_where_it_is_no_better(in_force: Make, lead: Make, cast: Cast) -> None:
    in_force(
        {"name": "Công ty", "points": 30, "basis": "FIELD", "condition": ["company", "empty", False]},
    )
    plant(
        cast,
        lead,
        [{**each, "company": each["raw"].get("company", "")} for each in _by_company(400)],
    )
    with stopped(LATER):
        told = _learn(cast)
        made = lead(company="Công ty TNHH An Phát")
    assert told.verdict == Verdict.NO_BETTER
    assert told.auc == pytest.approx(told.auc_points, abs=0.01)
    assert Lead.objects.filter(pk=made).values_list("likelihood", flat=True).get() is None


def test_it_is_not_offered_where_too_few_leads_have_ended(in_force: Make, lead: Make, cast: Cast) -> None:
    in_force(REFERRED)
    assert learned()["verdict"] == Verdict.TOO_FEW
    plant(cast, lead, _by_company(60))
    assert _learn(cast).verdict == Verdict.TOO_FEW


def test_a_verdict_needs_enough_of_each_end_and_a_better_order() -> None:
    enough = {"trained": (50, 50), "held": (20, 20)}
    assert verdict(**enough, auc=0.71, auc_points=0.70) is Verdict.OFFERED
    assert verdict(**enough, auc=0.709, auc_points=0.70) is Verdict.NO_BETTER
    assert verdict(**enough, auc=0.505, auc_points=None) is Verdict.NO_BETTER
    assert verdict(trained=(49, 500), held=(20, 20), auc=0.9, auc_points=0.5) is Verdict.TOO_FEW
    assert verdict(trained=(50, 50), held=(20, 19), auc=0.9, auc_points=0.5) is Verdict.TOO_FEW


def test_nothing_that_is_only_known_after_the_end_is_a_fact(lead: Make, cast: Cast) -> None:
    made = lead(source="WEB")
    before = facts_of([made])[made]
    trail.begin(system_actor("tests"), "tests.plant")
    Lead.objects.filter(pk=made).update(
        state="DISQUALIFIED",
        disqualify_reason="PRICE",
        need="Mạng",
        budget=500_000,
        is_feasible=True,
        is_decider=True,
        temperature="HOT",
        tax_code="0312345678",
        province_code="31",
        industry="RETAIL",
        reopened=3,
    )
    assert facts_of([made])[made] == before
    assert "given:phones" in before
    assert not {"is_feasible", "temperature", "is_decider"} & set(GIVEN)
    assert {"is_feasible", "need", "temperature", "tax_code"} <= LATE


def test_criteria_that_tell_of_the_end_take_no_part_in_the_comparison(
    in_force: Make, lead: Make, cast: Cast
) -> None:
    late = {"name": "Rõ nhu cầu", "points": 50, "basis": "FIELD", "condition": ["need", "empty", False]}
    in_force(REFERRED, late)
    plant(cast, lead, [{**each, "need": "Mạng" if each["won"] else ""} for each in _by_company(400)])
    told = _learn(cast)
    assert (told.left_out, told.auc_points, told.verdict) == (["Rõ nhu cầu"], 0.5, Verdict.OFFERED)


def test_the_pages_say_how_well_it_does_and_why(in_force: Make, lead: Make, cast: Cast) -> None:
    model = in_force(REFERRED)
    plant(cast, lead, _by_company(400))
    with stopped(LATER):
        _learn(cast)
        made = lead(source="WEB", company="Công ty TNHH An Phát")
    client = Client()
    client.force_login(cast.user("director"))
    page = client.get(f"/score_models/{model}?tab=learned").content.decode()
    for told in ("AUC", "280", "120"):
        assert told in page
    shown = client.get(f"/leads/{made}").content.decode()
    assert in_words("given:company") in shown
    assert f"{Lead.objects.get(pk=made).likelihood}%" in shown


@pytest.mark.parametrize("who", ["seller", "manager"])
def test_it_is_learned_anew_by_those_who_put_points_in_force(in_force: Make, cast: Cast, who: str) -> None:
    model, told = in_force(REFERRED), History.objects.count()
    with pytest.raises(NotAllowed):
        perform(entity_named("score_models"), "learn", model, actor=cast.actor(who), arguments={})
    assert not Job.objects.filter(kind=KIND).exists()
    assert History.objects.count() == told
    perform(entity_named("score_models"), "learn", model, actor=cast.actor("director"), arguments={})
    assert Job.objects.filter(kind=KIND).count() == 1
