"""Stages as the company keeps them, deals that come from elsewhere, contacts and competitors of a deal."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.bulk.changing import change_many
from duyen.entities.errors import InvalidValues, Refused
from duyen.entities.models import ApprovalRequest
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.standard import Kept
from duyen.kernel.clock import today
from duyen.modules.opportunities.models import Contact, Encounter, Opportunity, Stage
from duyen.modules.opportunities.tests.conftest import BrowserOf, Make, Take, stage_at, stand
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
    here, director = stage_at(2), cast.actor("director")
    made = deal(stage=here.pk)
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

    assert stand(made).stage == here
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


def _offered(client: Client, address: str) -> list[str]:
    """Give what a form offers as stages, in its order."""
    page = client.get(address).content.decode()
    listed = page[page.index('name="stage"') :]
    return re.findall(r'<option value="\d+"[^>]*>([^<]+)<', listed[: listed.index("</select>")])


def test_a_move_offers_the_stages_to_which_it_leads_in_their_order(
    deal: Make, cast: Cast, browser_of: BrowserOf
) -> None:
    made, seller = deal(stage=stage_at(3).pk), browser_of("seller")
    _another_pipeline(cast)
    stages = [each.name for each in Stage.objects.filter(pipeline=stage_at(1).pipeline).order_by("position")]

    assert _offered(seller, f"/opportunities/{made}/advance") == stages[3:]
    assert _offered(seller, f"/opportunities/{made}/step_back") == stages[:2]


def test_a_deal_in_its_first_stage_does_not_go_back(deal: Make, take: Take, browser_of: BrowserOf) -> None:
    made = deal()

    page = browser_of("seller").get(f"/opportunities/{made}").content.decode()

    assert "Lùi lại" not in page
    with pytest.raises(Refused):
        take("step_back", made, stage=stage_at(2).pk, note="x")
    assert stand(made).steps_back == 0


def test_a_new_deal_is_offered_stages_by_pipeline_and_none_that_went(
    cast: Cast, browser_of: BrowserOf
) -> None:
    first, gone = stage_at(1), stage_at(2)
    _another_pipeline(cast, stage=first.name)
    perform(entity_named("opportunity_stages"), "retire", gone.pk, actor=cast.actor("admin"), arguments={})

    offered = _offered(browser_of("seller"), "/opportunities/new")

    assert offered[0] == f"{first.name} · {first.pipeline.name}"
    assert offered[-1] == f"{first.name} · Dự án"
    assert gone.name not in offered
    with pytest.raises(InvalidValues):
        standard.create(
            entity_named("opportunities"),
            actor=cast.actor("seller"),
            values={"name": "Mạng", "source": "REFERRAL", "expected_close": today(), "stage": gone.pk},
        )


def test_a_stage_stays_in_its_pipeline_and_a_new_one_comes_last(
    deal: Make, cast: Cast, browser_of: BrowserOf
) -> None:
    made = deal()
    here = stage_at(1)
    other = _another_pipeline(cast)

    with pytest.raises(InvalidValues):
        standard.change(
            entity_named("opportunity_stages"),
            here.pk,
            actor=cast.actor("admin"),
            values={"pipeline": other},
            version=here.version,
        )
    page = browser_of("admin").get(f"/pipelines/{here.pipeline_id}").content.decode()

    assert stand(made).stage.pipeline_id == stand(made).pipeline_id
    last = Stage.objects.filter(pipeline=here.pipeline_id).count()
    assert f"/opportunity_stages/new?pipeline={here.pipeline_id}&amp;position={last + 1}" in page


def _another_pipeline(cast: Cast, stage: str = "Mời thầu") -> int:
    director = cast.actor("director")
    given = {"name": "Dự án", "position": 2}
    made = standard.create(entity_named("pipelines"), actor=director, values=given).id
    values = {"name": stage, "pipeline": made, "probability": 30}
    standard.create(entity_named("opportunity_stages"), actor=director, values=values)
    return made


def test_a_slip_in_the_year_is_refused_with_a_sentence(deal: Make, take: Take, browser_of: BrowserOf) -> None:
    made, seller = deal(), browser_of("seller")
    long_before = stand(made).created_at - dt.timedelta(days=366)
    far = {"expected_close": f"01/01/{today().year + 11}", "version": stand(made).version}

    lost = seller.post(
        f"/opportunities/{made}/lose",
        {"loss_reason": "NO_NEED", "closed_on": long_before.strftime("%d/%m/%Y")},
    )
    moved = seller.post(f"/opportunities/{made}/edit", {**_as_it_stands(made), **far})

    assert (lost.status_code, moved.status_code) == (422, 422)
    assert "Kiểm tra lại năm" in lost.content.decode()
    assert "Kiểm tra lại năm" in moved.content.decode()
    assert (stand(made).state, stand(made).version) == ("OPEN", far["version"])
    take("lose", made, loss_reason="NO_NEED", closed_on=today() - dt.timedelta(days=30))
    assert stand(made).state == "LOST"


def _as_it_stands(deal_id: int) -> dict[str, object]:
    row = stand(deal_id)
    return {"name": row.name, "customer": row.party_id, "type": row.type, "source": row.source}


def test_a_person_who_buys_stands_on_the_deal_herself(
    deal: Make, take: Take, cast: Cast, browser_of: BrowserOf
) -> None:
    seller = cast.actor("seller")
    values = {"name": "Tô Hồng Vy", "kind": "INDIVIDUAL"}
    buyer = standard.create(entity_named("customers"), actor=seller, values=values).id
    hers, of_a_firm = deal(customer=buyer), deal(name="Của công ty")

    told = browser_of("seller").post(
        f"/opportunities/{hers}/add_deal_contact", {"contact": "", "role": "DECISION_MAKER", "influence": "5"}
    )
    with pytest.raises(InvalidValues):
        take("add_deal_contact", of_a_firm, role="DECISION_MAKER")
    with pytest.raises(InvalidValues):
        take("add_deal_contact", hers, role="USER")

    assert told.status_code == 302
    assert Contact.objects.values_list("opportunity_id", "contact_id", "role").get() == (
        hers,
        buyer,
        "DECISION_MAKER",
    )
    assert stand(hers).has_decider
    for kind in ("contacts", "customers"):
        assert entity_named(kind).rows(seller).filter(pk=buyer).exists()


def test_who_grants_what_cannot_be_done_any_more_reads_why(
    deal: Make, cast: Cast, browser_of: BrowserOf
) -> None:
    made, director = deal(amount=900_000_000), cast.actor("director")
    rivals = entity_named("competitors")
    rival = standard.create(rivals, actor=director, values={"name": "CáVoi Telecom"}).id
    lost = {"loss_reason": "PRICE", "lost_to": rival, "ask": "1", "approval_words": "Thua thầu"}
    browser_of("seller").post(f"/opportunities/{made}/lose", lost)
    standard.delete(rivals, rival, actor=director)
    request = ApprovalRequest.objects.get()

    stuck = browser_of("manager").post(
        f"/approvals/{request.pk}/grant", {"version": stand(made).version, "answer": "Đồng ý"}
    )

    assert stuck.status_code == 409
    assert "Chưa thực hiện được: Không có bản ghi này" in stuck.content.decode()
    assert stand(made).state == "OPEN"
