"""A qualified lead becomes a customer: nothing is copied, nothing is made twice, and there is a way back."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from duyen.entities import standard
from duyen.entities.attachments.writing import add_file, read_content, stored
from duyen.entities.errors import InvalidValues, NotAllowed
from duyen.entities.performing import NotNow, perform
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.files.limits import limits
from duyen.foundation.files.models import File, FileVersion
from duyen.kernel.clock import today
from duyen.kernel.errors import DomainError
from duyen.modules.activities.models import About, Activity
from duyen.modules.leads.models import Lead
from duyen.modules.leads.panels import leads_of_customer
from duyen.modules.leads.tests.conftest import WORTH, Make, Take, change, party_of, stand
from duyen.modules.opportunities.models import Opportunity
from duyen.modules.parties.models import Party, Tie
from duyen.modules.parties.words import PartyRole
from duyen.surfaces.web.pages.file_tab import tabs_of
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db

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


def _counts() -> tuple[int, ...]:
    models = (Lead, Party, Tie, Opportunity, Activity, History)
    return tuple(each._default_manager.count() for each in models)


def _refused(step: Callable[[], Any], error: type[Exception]) -> None:
    before = _counts()
    with pytest.raises(error), transaction.atomic():
        step()
    assert _counts() == before


def test_lets_its_own_party_become_the_customer(qualified: Make, take: Take, cast: Cast) -> None:
    made = qualified()
    own, parties = stand(made).party_id, Party.objects.count()
    take("convert", made)
    row, party = stand(made), Party.objects.get(pk=own)
    assert (row.state, row.customer_id, row.contact_id) == ("CONVERTED", own, None)
    assert (party.role_mask, party.verified) == (int(PartyRole.CUSTOMER), True)
    assert party.code.startswith("KH-")
    assert party.relationship_state == "ATTRACTING"
    assert Party.objects.count() == parties
    assert entity_named("customers").rows(cast.actor("seller")).filter(pk=own).exists()


def test_makes_customer_contact_and_deal_of_somebody_who_asks_for_a_company(
    qualified: Make, take: Take
) -> None:
    made = qualified(company="Công ty TNHH Sao Mai", job_title="Giám đốc")
    take("convert", made, **_DEAL)
    row = stand(made)
    assert (row.customer_id, row.contact_id) == (row.firm_id, row.party_id)
    tie = Tie.objects.get()
    assert (tie.party_id, tie.to_party_id, tie.kind) == (row.party_id, row.firm_id, "WORKS_AT")
    assert tie.job_title == "Giám đốc"
    deal = Opportunity.objects.get(pk=row.opportunity_id or 0)
    assert (deal.party_id, deal.source, deal.owner_id) == (row.firm_id, "REFERRAL", row.owner_id)
    assert deal.pain_points == WORTH["need"]


def test_carries_calls_and_tasks_along(qualified: Make, take: Take) -> None:
    made = qualified()
    assert set(About.objects.values_list("party_id", flat=True)) == {None}
    take("convert", made)
    customer = stand(made).customer_id
    assert set(About.objects.values_list("party_id", flat=True)) == {customer}
    assert set(Activity.objects.values_list("party_id", flat=True)) == {customer}
    take("unconvert", made, note="Nhầm")
    assert set(About.objects.values_list("party_id", flat=True)) == {None}


def test_makes_nothing_twice(qualified: Make, take: Take) -> None:
    made = qualified()
    take("convert", made, **_DEAL)
    _refused(lambda: take("convert", made, **_DEAL), NotNow)
    _refused(lambda: take("convert", made, by="manager", **_DEAL), NotNow)


def test_stays_as_it_was_and_cannot_be_deleted(qualified: Make, take: Take, cast: Cast) -> None:
    made = qualified()
    take("convert", made)
    _refused(lambda: change(cast, made, name="Khác"), InvalidValues)
    leads = entity_named("leads")
    _refused(lambda: standard.delete(leads, made, actor=cast.actor("manager")), DomainError)


def test_asks_for_a_name_and_a_day_of_the_deal(qualified: Make, take: Take) -> None:
    made = qualified()
    _refused(lambda: take("convert", made, with_opportunity=True), InvalidValues)


def test_is_made_a_customer_only_by_who_may_make_one(qualified: Make, cast: Cast, take: Take) -> None:
    made = qualified()
    care = cast.actor("care_agent")
    standard.hand_over(
        entity_named("leads"), [made], actor=cast.actor("director"), owner=cast.user("care_agent").pk
    )
    _refused(lambda: perform(entity_named("leads"), "convert", made, actor=care, arguments={}), NotAllowed)


def test_asks_first_whether_it_is_somebody_known(qualified: Make, take: Take, cast: Cast) -> None:
    values = {"name": "Phạm Thị Mai", "kind": "INDIVIDUAL", "phones": ["0359000111"]}
    known = standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id
    made = qualified()
    _refused(lambda: take("convert", made), NotNow)
    take("join", made, party=known)
    take("convert", made)
    row = stand(made)
    assert (row.party_id, row.customer_id) == (known, known)
    assert Party.objects.get(pk=row.own_party_id).deleted_at is not None
    (panel,) = leads_of_customer(cast.actor("seller"), {"id": known})["leads"]
    assert panel["id"] == made


def test_may_be_said_to_be_somebody_else(qualified: Make, take: Take, cast: Cast) -> None:
    values = {"name": "Phạm Thị Mai", "kind": "INDIVIDUAL", "phones": ["0359000111"]}
    known = standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values).id
    made = qualified()
    take("convert", made, is_somebody_else=True)
    assert stand(made).customer_id != known


def test_is_taken_back_while_nothing_else_happened(qualified: Make, take: Take, cast: Cast) -> None:
    made = qualified(company="Công ty TNHH Sao Mai")
    take("convert", made, **_DEAL)
    take("unconvert", made, note="Nhầm khách")
    row = stand(made)
    assert (row.state, row.customer_id, row.contact_id, row.opportunity_id) == ("QUALIFIED", None, None, None)
    assert not Tie.objects.exists()
    assert Opportunity.objects.get().deleted_at is not None
    for party in Party.objects.filter(pk__in=[row.party_id, row.firm_id]):
        assert (party.role_mask, party.verified) == (int(PartyRole.LEAD), False)
    assert not entity_named("customers").rows(cast.actor("director")).exists()
    take("convert", made, **_DEAL)
    assert stand(made).state == "CONVERTED"


def test_is_taken_back_no_more_once_another_lead_belongs_to_the_customer(
    qualified: Make, lead: Make, take: Take
) -> None:
    made, later = qualified(), lead(name="Phạm Thị Mai, quán 2")
    take("convert", made)
    take("join", later, party=stand(made).customer_id)

    _refused(lambda: take("unconvert", made, note="Nhầm"), NotNow)

    take("stand_alone", later, party=stand(made).customer_id)
    take("unconvert", made, note="Nhầm")
    assert stand(made).state == "QUALIFIED"


def test_is_taken_back_no_more_once_a_file_was_attached_to_what_it_made(
    qualified: Make, take: Take, cast: Cast, tmp_path: Path
) -> None:
    made = qualified(company="Công ty TNHH Sao Mai")
    take("convert", made)
    path = tmp_path / "bao-gia.txt"
    path.write_text("Báo giá")
    with stored(read_content(path, "bao-gia.txt", limits=limits())) as kept:
        add_file(entity_named("contacts"), stand(made).contact_id or 0, kept, actor=cast.actor("seller"))

    _refused(lambda: take("unconvert", made, note="Nhầm"), NotNow)


def test_the_page_of_the_customer_leads_to_the_files_of_the_lead(
    qualified: Make, take: Take, cast: Cast, tmp_path: Path, client: Client
) -> None:
    made = qualified()
    path = tmp_path / "khao-sat.txt"
    path.write_text("Khảo sát")
    with stored(read_content(path, "khao-sat.txt", limits=limits())) as kept:
        add_file(entity_named("leads"), made, kept, actor=cast.actor("seller"))
    take("convert", made)
    client.force_login(cast.user("seller"))

    page = client.get(f"/customers/{stand(made).customer_id}").content.decode()

    assert f'href="/leads/{made}?tab=files">1 tệp</a>' in page
    assert "khao-sat.txt" in client.get(f"/leads/{made}?tab=files").content.decode()


def _attach(cast: Cast, tmp_path: Path, lead_id: int, name: str = "khao-sat.txt") -> int:
    path = tmp_path / name
    path.write_text("Khảo sát")
    with stored(read_content(path, name, limits=limits())) as kept:
        return add_file(entity_named("leads"), lead_id, kept, actor=cast.actor("seller")).id


def test_carries_files_to_the_customer_and_the_deal_without_copying_them(
    qualified: Make, take: Take, cast: Cast, tmp_path: Path, client: Client
) -> None:
    made = qualified()
    file_id = _attach(cast, tmp_path, made)
    kept = (File.objects.count(), FileVersion.objects.count())
    take("convert", made, **_DEAL)
    row = stand(made)
    client.force_login(cast.user("seller"))
    places = [f"/customers/{row.customer_id}", f"/opportunities/{row.opportunity_id}"]

    for place in places:
        page = client.get(f"{place}?tab=files").content.decode()
        assert f'href="/leads/{made}/files/{file_id}"' in page
        assert f'<a class="link" href="/leads/{made}">Phạm Thị Mai</a>' in page
        assert f"/files/{file_id}/delete" not in page
    assert (File.objects.count(), FileVersion.objects.count()) == kept
    content = client.get(f"/leads/{made}/files/{file_id}/content")
    assert b"".join(content).decode() == "Khảo sát"

    take("unconvert", made, note="Nhầm")
    for place in (f"{place}/files" for place in places):
        answer = client.get(place)
        assert "khao-sat.txt" not in answer.content.decode()
    assert "khao-sat.txt" in client.get(f"/leads/{made}?tab=files").content.decode()


def test_files_of_a_lead_stand_among_those_of_the_customer_the_latest_first(
    qualified: Make, take: Take, cast: Cast, tmp_path: Path, client: Client
) -> None:
    made = qualified()
    _attach(cast, tmp_path, made)
    take("convert", made)
    customer = stand(made).customer_id or 0
    path = tmp_path / "hop-dong.txt"
    path.write_text("Hợp đồng")
    with stored(read_content(path, "hop-dong.txt", limits=limits())) as kept:
        own = add_file(entity_named("customers"), customer, kept, actor=cast.actor("seller")).id
    customers, actor = entity_named("customers"), cast.actor("seller")

    (tab,) = [each for each in tabs_of(customers) if each.name == "files"]
    row = customers.rows(actor).filter(pk=customer).values(*customers.held_columns).get()
    assert tab.count is not None
    assert tab.count(actor, row) == 2
    assert [each["name"] for each in tab.content(actor, row)["files"]] == ["hop-dong.txt", "khao-sat.txt"]
    client.force_login(cast.user("seller"))
    assert (
        f"/customers/{customer}/files/{own}/delete"
        in client.get(f"/customers/{customer}/files").content.decode()
    )


def test_files_of_a_lead_stay_closed_to_who_sees_the_customer_alone(
    qualified: Make, take: Take, cast: Cast, tmp_path: Path, client: Client
) -> None:
    made = qualified()
    file_id = _attach(cast, tmp_path, made)
    take("convert", made)
    client.force_login(cast.user("care_agent"))

    page = client.get(f"/customers/{stand(made).customer_id}?tab=files")

    assert page.status_code == 200
    assert "khao-sat.txt" not in page.content.decode()
    assert client.get(f"/leads/{made}/files/{file_id}/content").status_code == 404


def test_is_taken_back_no_more_once_somebody_worked_with_the_customer(
    qualified: Make, take: Take, cast: Cast
) -> None:
    made = qualified()
    take("convert", made)
    row = stand(made)
    customers = entity_named("customers")
    version = party_of(row.customer_id).version
    standard.change(
        customers, row.customer_id or 0, actor=cast.actor("seller"), values={"note": "VIP"}, version=version
    )
    _refused(lambda: take("unconvert", made, note="Nhầm"), NotNow)
