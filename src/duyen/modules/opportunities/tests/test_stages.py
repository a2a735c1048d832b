"""Stages as the company keeps them, deals that come from elsewhere, contacts and competitors of a deal."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.bulk.changing import change_many
from duyen.entities.errors import InvalidValues
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Kept
from duyen.kernel.clock import today
from duyen.modules.opportunities.models import Contact, Encounter, Opportunity, Stage
from duyen.modules.opportunities.tests.conftest import Make, Take, stage_at, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def test_a_stage_with_deals_goes_only_when_they_go_elsewhere(deal: Make, take: Take, cast: Cast) -> None:
    here, there = deal(stage=stage_at(2).pk), deal(stage=stage_at(3).pk, name="Khác")
    lost = deal(stage=stage_at(2).pk, name="Đã thua")
    take("lose", lost, loss_reason="NO_NEED")
    gone, target = stage_at(2), stage_at(3)
    stages, admin = entity_named("opportunity_stages"), cast.actor("admin")

    with pytest.raises(Kept):
        standard.delete(stages, gone.pk, actor=admin)
    with pytest.raises(InvalidValues):
        perform(stages, "retire", gone.pk, actor=admin, arguments={})
    assert stand(here).stage_id == gone.pk

    perform(stages, "retire", gone.pk, actor=admin, arguments={"target": target.pk})

    assert (stand(here).stage_id, stand(here).probability) == (target.pk, target.probability)
    assert stand(there).stage_id == target.pk
    assert stand(lost).stage_id == gone.pk
    assert Stage.objects.get(pk=gone.pk).deleted_at is not None


def test_a_stage_of_another_pipeline_takes_no_deals(deal: Make, cast: Cast) -> None:
    made = deal()
    director = cast.actor("director")
    other = standard.create(entity_named("pipelines"), actor=director, values={"name": "Dự án"}).id
    values = {"name": "Mời thầu", "pipeline": other, "probability": 30}
    stage = standard.create(entity_named("opportunity_stages"), actor=director, values=values).id

    with pytest.raises(InvalidValues):
        perform(
            entity_named("opportunity_stages"),
            "retire",
            stage_at(1).pk,
            actor=director,
            arguments={"target": stage},
        )
    with pytest.raises(InvalidValues):
        perform(
            entity_named("opportunities"),
            "step_back",
            made,
            actor=director,
            arguments={"stage": stage, "note": "x"},
        )

    assert stand(made).stage == stage_at(1)
    assert stand(deal(name="Gói thầu", stage=stage)).pipeline_id == other


def test_a_pipeline_that_deals_went_through_stays(deal: Make, cast: Cast) -> None:
    made = deal()

    with pytest.raises(Kept):
        standard.delete(entity_named("pipelines"), stand(made).pipeline_id, actor=cast.actor("admin"))


def test_closed_deals_are_brought_in_by_who_confirms(deal: Make, cast: Cast) -> None:
    day = today() - dt.timedelta(days=40)

    won = stand(deal(by="manager", closed_on=day, win_reason="SPEED", amount=9_000_000))
    lost = stand(deal(by="manager", name="Thua", closed_on=day, loss_reason="PRICE"))

    assert (won.state, won.actual_amount, won.probability, won.closed_on) == ("WON", 9_000_000, 100, day)
    assert (lost.state, lost.probability) == ("LOST", 0)
    with pytest.raises(InvalidValues):
        deal(name="Của tôi", closed_on=day, win_reason="SPEED")
    assert Opportunity.objects.count() == 2


def test_how_a_deal_ended_is_changed_by_no_form(deal: Make, cast: Cast) -> None:
    made = deal()

    for name, value in (("closed_on", today()), ("win_reason", "SPEED"), ("stage", stage_at(4).pk)):
        with pytest.raises(InvalidValues) as refused:
            standard.change(
                entity_named("opportunities"),
                made,
                actor=cast.actor("manager"),
                values={name: value},
                version=stand(made).version,
            )
        assert [each.code for each in refused.value.problems] == ["at_birth"]

    assert (stand(made).state, stand(made).stage.position) == ("OPEN", 1)


def test_what_is_said_of_a_new_deal_is_offered_for_no_other(deal: Make, cast: Cast, client: Client) -> None:
    made = deal()
    client.force_login(cast.user("manager"))
    new, form = (client.get(f"/opportunities/{each}").content.decode() for each in ("new", f"{made}/edit"))
    choice = client.get(f"/opportunities/bulk?verb=change&ids={made}.1").content.decode()
    cell = client.get(f"/opportunities/{made}/cell/stage", headers={"HX-Request": "true"})

    assert 'name="stage"' in new
    assert 'name="stage"' not in form
    assert 'value="forecast"' in choice
    assert 'value="stage"' not in choice
    assert cell.status_code == 403
    for values in ({"stage": stage_at(4).pk}, {"loss_reason": "PRICE"}):
        with pytest.raises(InvalidValues):
            change_many(entity_named("opportunities"), [made], actor=cast.actor("manager"), values=values)
    assert stand(made).version == 1


def test_reads_fifty_new_deals_at_the_cost_of_three(cast: Cast, customer: int) -> None:
    deals, actor = entity_named("opportunities"), cast.actor("seller")

    def cost(count: int) -> int:
        stages = [{}, {"stage": stage_at(2).pk}, {"stage": stage_at(4).pk}]
        given = {"customer": customer, "source": "REFERRAL", "expected_close": today()}
        rows = [{**given, "name": f"Mạng {place}", **stages[place % 3]} for place in range(count)]
        with CaptureQueriesContext(connection) as held:
            read = standard.read_many(deals, actor=actor, rows=rows)
        assert not any(problems for _values, problems in read.judged)
        return len(held)

    assert cost(50) == cost(3)


def test_a_deal_keeps_its_stage_where_it_is_sent_back_as_it_stands(deal: Make, cast: Cast) -> None:
    made = deal()
    values = {"stage": stage_at(1).pk, "next_step": "Gọi lại"}

    standard.change(entity_named("opportunities"), made, actor=cast.actor("seller"), values=values, version=1)

    assert (stand(made).next_step, stand(made).stage) == ("Gọi lại", stage_at(1))


def _contact(cast: Cast, name: str, by: str = "seller") -> int:
    return standard.create(entity_named("contacts"), actor=cast.actor(by), values={"name": name}).id


def test_a_deal_has_one_contact_whom_we_speak_to_first(deal: Make, take: Take, cast: Cast) -> None:
    made, first, second = deal(), _contact(cast, "Bùi Minh Khôi"), _contact(cast, "Đặng Ngọc Ánh")

    take("add_deal_contact", made, contact=first, role="DECISION_MAKER", is_primary=True, influence=5)
    take("add_deal_contact", made, contact=second, role="GATEKEEPER", is_primary=True, attitude="-2")

    held = dict(Contact.objects.values_list("contact_id", "is_primary"))
    assert held == {first: False, second: True}
    assert (stand(made).role_count, stand(made).has_decider) == (2, True)
    with pytest.raises(InvalidValues):
        take("add_deal_contact", made, contact=first)
    row = Contact.objects.get(contact_id=second)
    take("change_deal_contact", made, person=row.pk, role="GATEKEEPER", attitude="1", influence=2, strength=4)
    row.refresh_from_db()
    assert (row.attitude, row.influence, row.strength, row.is_primary) == (1, 2, 4, False)
    take("remove_deal_contact", made, person=row.pk)
    assert Contact.objects.count() == 1
    assert (stand(made).role_count, stand(made).has_decider) == (1, True)
    take("remove_deal_contact", made, person=Contact.objects.get().pk)
    assert (stand(made).role_count, stand(made).has_decider) == (0, False)


def test_a_contact_out_of_reach_is_not_named(deal: Make, take: Take, cast: Cast) -> None:
    far = _contact(cast, "Người nơi khác", by="outsider")

    with pytest.raises(InvalidValues):
        take("add_deal_contact", deal(), contact=far)

    assert not Contact.objects.exists()


def test_a_competitor_that_deals_name_stays(deal: Make, take: Take, cast: Cast) -> None:
    competitors, director = entity_named("competitors"), cast.actor("director")
    rival = standard.create(competitors, actor=director, values={"name": "FStar"}).id
    made = deal()
    take("add_competitor", made, competitor=rival, rival_price=45_000_000, threat=4, counter="Dùng thử")

    with pytest.raises(Kept):
        standard.delete(competitors, rival, actor=director)

    row = Encounter.objects.get()
    assert (row.price, row.threat, row.counter, row.captured_on) == (45_000_000, 4, "Dùng thử", today())
    take("remove_competitor", made, encounter=row.pk)
    standard.delete(competitors, rival, actor=director)
