"""A lead that may be somebody known stands in a list until somebody decides, whichever way it came."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.importing import start_import
from duyen.entities.registry import entity_named
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import work
from duyen.modules.leads.actions import capture
from duyen.modules.leads.actions.looking import look_again
from duyen.modules.leads.models import Lead
from duyen.modules.leads.queries import perhaps_known
from duyen.modules.leads.tests.conftest import GIVEN, Make, Take, change, stand
from duyen.surfaces.web.pages.state import address_of_list
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _customer(cast: Cast, by: str = "seller", **values: object) -> int:
    given = {"name": "Phạm Thị Mai", "kind": "INDIVIDUAL", "phones": ["0359 000 111"], **values}
    return standard.create(entity_named("customers"), actor=cast.actor(by), values=given).id


def _client(cast: Cast, who: str = "seller") -> Client:
    client = Client()
    client.force_login(cast.user(who))
    return client


def test_marks_a_lead_that_is_like_a_customer_or_an_open_lead_alone(
    lead: Make, cast: Cast, take: Take
) -> None:
    _customer(cast)
    like_customer = lead()
    nobody = lead(name="Ngô Văn Sáu", phones=["0359000222"])
    like_lead = lead(name="Chú Sáu", phones=["0359000222"])
    assert [stand(each).perhaps_known for each in (like_customer, nobody, like_lead)] == [
        "PERHAPS",
        "",
        "PERHAPS",
    ]
    take("disqualify", nobody, disqualify_reason="NO_NEED")
    assert stand(lead(name="Sáu", phones=["0359000222", "0359000333"])).perhaps_known == "PERHAPS"


def test_is_not_like_a_lead_that_was_given_up(lead: Make, take: Take) -> None:
    gone = lead()
    take("disqualify", gone, disqualify_reason="NO_NEED")
    assert stand(lead()).perhaps_known == ""


def test_asks_nothing_more_once_joined_or_said_to_be_new(lead: Make, take: Take, cast: Cast) -> None:
    known = _customer(cast)
    joined, new = lead(), lead()
    take("join", joined, party=known)
    take("someone_new", new)
    assert (stand(joined).perhaps_known, stand(new).perhaps_known) == ("", "NEW")
    change(cast, new, note="gọi buổi sáng")
    assert stand(new).perhaps_known == "NEW"
    take("stand_alone", joined, party=known)
    assert stand(joined).perhaps_known == "PERHAPS"


def test_asks_anew_when_a_phone_comes_that_somebody_has(lead: Make, take: Take, cast: Cast) -> None:
    _customer(cast)
    _customer(cast, name="Đỗ Văn Bảy", phones=["0359000777"])
    new, other = lead(), lead(name="Lê Tám", phones=["0359000888"])
    take("someone_new", new)
    change(cast, new, phones=["0359000111", "0359000777"])
    change(cast, other, phones=["0359000777"])
    assert (stand(new).perhaps_known, stand(other).perhaps_known) == ("PERHAPS", "PERHAPS")
    change(cast, other, phones=["0359000888"])
    assert stand(other).perhaps_known == ""


def test_looks_again_at_night_for_customers_that_came_later(lead: Make, cast: Cast, take: Take) -> None:
    early, decided = lead(), lead(name="Hoa", phones=["0359000999"])
    _customer(cast)
    _customer(cast, name="Hoa", phones=["0359000999"])
    assert look_again() == 2
    take("someone_new", decided)
    assert look_again() == 0
    assert (stand(early).perhaps_known, stand(decided).perhaps_known) == ("PERHAPS", "NEW")


def _bring_in(cast: Cast, tmp_path: Path, *phones: str) -> Job:
    rows = "".join(f"Khách {number},{phone},REFERRAL,ADVICE\n" for number, phone in enumerate(phones))
    path = tmp_path / "leads.csv"
    path.write_text(f"name,phones,source,purpose\n{rows}", encoding="utf-8")
    job = start_import(entity_named("leads"), path, actor=cast.actor("seller"))
    assert work(job.pk)
    job.refresh_from_db()
    assert job.result["imported"] == len(phones)
    return job


def test_an_import_says_how_many_may_be_known_and_leads_to_them(cast: Cast, tmp_path: Path) -> None:
    known = _customer(cast)
    job = _bring_in(cast, tmp_path, "0359000111", "0359000222", "0359000333", "0359000333")
    client = _client(cast)

    page = client.get(f"/jobs/{job.pk}").content.decode()

    assert f'href="/leads/known?import={job.pk}"' in page
    assert "list=known" in page
    marked = Lead.objects.filter(perhaps_known="PERHAPS")
    assert sorted(marked.values_list("name", flat=True)) == ["Khách 0", "Khách 3"]
    assert not Lead.objects.filter(customer_id=known).exists()


def test_an_import_of_nobody_known_says_nothing(cast: Cast, tmp_path: Path) -> None:
    job = _bring_in(cast, tmp_path, "0359000222")
    assert "/leads/known" not in _client(cast).get(f"/jobs/{job.pk}").content.decode()


def test_decides_one_after_the_other(cast: Cast, tmp_path: Path) -> None:
    known = _customer(cast)
    other = capture(actor=cast.actor("seller"), values={**GIVEN, "phones": ["0359000222"]}).id
    job = _bring_in(cast, tmp_path, "0359000111", "0359000222", "0359000111")
    asked = f"import={job.pk}"
    first, second, third = Lead.objects.exclude(pk=other).order_by("-created_at", "-pk")
    client = _client(cast)

    begun = client.get(f"/leads/known?{asked}")
    assert begun.headers["Location"] == f"/leads/known/{first.pk}?{asked}"
    page = client.get(begun.headers["Location"]).content.decode()
    assert f'href="/customers/{known}"' in page

    def press(at: Lead, verb: str, which: int | str = "") -> str:
        sent = {"verb": verb, "which": which, "import": job.pk}
        answer = client.post(f"/leads/known/{at.pk}?{asked}", sent)
        assert answer.status_code == 302
        return str(answer.headers["Location"])

    assert press(first, "join", known).startswith(f"/leads/known/{second.pk}")
    assert press(second, "repeats", other).startswith(f"/leads/known/{third.pk}")
    assert press(third, "new") == address_of_list(entity_named("leads"), "known")
    assert [stand(each.pk).customer_id for each in (first, third)] == [known, None]
    assert (stand(second.pk).state, stand(second.pk).duplicate_of_id) == ("DISQUALIFIED", other)
    assert stand(third.pk).perhaps_known == "NEW"


def test_takes_no_other_answer_and_nobody_elses_lead(cast: Cast, lead: Make) -> None:
    foreign = _customer(cast, by="outsider")
    made, theirs = lead(), lead(by="outsider")
    client = _client(cast)
    for sent in ({"verb": "eat"}, {"verb": "join"}, {"verb": "join", "which": "x"}):
        assert client.post(f"/leads/known/{made}", sent).status_code == 404
    refused = client.post(f"/leads/known/{made}", {"verb": "join", "which": foreign})
    assert refused.status_code == 422
    assert client.post(f"/leads/known/{theirs}", {"verb": "new"}).status_code == 404
    assert {stand(each).perhaps_known for each in (made, theirs)} == {"PERHAPS"}
    assert stand(made).customer_id is None


def test_the_list_holds_the_undecided_alone(cast: Cast, lead: Make) -> None:
    _customer(cast)
    made, _nobody = lead(), lead(name="Ngô Văn Sáu", phones=["0359000222"])
    assert list(perhaps_known(cast.actor("seller")).values_list("pk", flat=True)) == [made]
    assert not perhaps_known(cast.actor("outsider")).exists()
    assert _client(cast).get(address_of_list(entity_named("leads"), "known")).status_code == 200
