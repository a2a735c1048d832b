"""The partners of a deal: their shares, their commitments on paper, and who may see whom."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db.models import Sum
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from duyen.entities import standard
from duyen.entities.errors import InvalidValues
from duyen.entities.merging.merging import merge
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import History
from duyen.foundation.files.models import File
from duyen.modules.opportunities import rules
from duyen.modules.opportunities.actions.partners import NoSuchPartner
from duyen.modules.opportunities.models import Partner
from duyen.modules.opportunities.tests.conftest import Make, Take
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def firm(cast: Cast) -> Make:
    """Make an organisation, one of the seller's unless told otherwise."""

    def make(name: str = "Kỹ thuật lạnh Kim Việt", *, by: str = "seller") -> int:
        values = {"name": name, "kind": "ORGANISATION"}
        return standard.create(entity_named("customers"), actor=cast.actor(by), values=values).id

    return make


def _person(cast: Cast, name: str = "Tô Văn Hiệp") -> int:
    return standard.create(entity_named("contacts"), actor=cast.actor("seller"), values={"name": name}).id


def _written() -> tuple[int, int]:
    return Partner.objects.count(), History.objects.count()


def test_a_deal_names_who_works_on_it(deal: Make, take: Take, firm: Make, cast: Cast) -> None:
    made, partner, person = deal(), firm(), _person(cast)

    take(
        "add_partner", made, customer=partner, role="SUBCONTRACTOR", share="18,5", commitment="AWAITED",
        responsibility="Lắp đặt", contact=person,
    )  # fmt: skip
    take("add_partner", made, person=_person(cast, "Lý Thị Mơ"), role="REFERRER")

    firm_row, person_row = Partner.objects.order_by("pk")
    assert (firm_row.partner_id, firm_row.share, firm_row.contact_id) == (partner, Decimal("18.50"), person)
    assert (firm_row.commitment, firm_row.responsibility) == ("AWAITED", "Lắp đặt")
    assert (person_row.role, person_row.share, person_row.commitment) == ("REFERRER", None, "NONE")


@pytest.mark.parametrize(
    ("asked", "field"),
    [
        ({}, "customer"),
        ({"customer": "firm", "person": "person"}, "customer"),
        ({"customer": "hidden"}, "customer"),
        ({"customer": "own"}, "customer"),
        ({"customer": "firm", "share": "100,01"}, "share"),
        ({"customer": "firm", "role": "NOBODY"}, "role"),
        ({"customer": "firm", "contact": "hidden"}, "contact"),
    ],
)
def test_a_partner_that_cannot_be_is_refused_and_nothing_is_written(
    asked: dict[str, str], field: str, deal: Make, take: Take, firm: Make, customer: int, cast: Cast
) -> None:
    known = {
        "firm": firm(),
        "person": _person(cast),
        "own": customer,
        "hidden": firm("Khách của nơi khác", by="outsider"),
    }
    made = deal()
    before = _written()

    with pytest.raises(InvalidValues) as refused:
        take(
            "add_partner",
            made,
            **{"role": "RESELLER"} | {name: known.get(each, each) for name, each in asked.items()},
        )

    assert [each.field for each in refused.value.problems] == [field]
    assert _written() == before


def test_the_partners_have_no_more_than_the_whole_together(deal: Make, take: Take, firm: Make) -> None:
    made = deal()
    take("add_partner", made, customer=firm(), role="INTEGRATOR", share="60")
    take("add_partner", made, customer=firm("Năng lượng Á Đông"), role="RESELLER", share="40")
    first, second = Partner.objects.order_by("pk")
    before = _written()

    with pytest.raises(InvalidValues) as refused:
        take("change_partner", made, partner=second.pk, role="RESELLER", share="40,01")
    assert [each.field for each in refused.value.problems] == ["share"]
    assert _written() == before

    take("change_partner", made, partner=first.pk, role="INTEGRATOR", share="50")
    take("change_partner", made, partner=second.pk, role="RESELLER", share="50")
    assert Partner.objects.aggregate(together=Sum("share")) == {"together": 100}


_SHARES = st.one_of(st.none(), st.decimals("0", "100", places=2))


@given(st.lists(_SHARES, max_size=6))
def test_shares_that_are_taken_one_by_one_never_exceed_the_whole(asked: list[Decimal | None]) -> None:
    taken: list[Decimal | None] = []
    for share in asked:
        if not list(rules.problems_of_share(share, taken)):
            taken.append(share)
        else:
            assert share is not None
            assert share + sum(each or 0 for each in taken) > 100
    assert sum(each or 0 for each in taken) <= 100


def test_nobody_stands_on_a_deal_twice(deal: Make, take: Take, firm: Make) -> None:
    made, partner = deal(), firm()
    take("add_partner", made, customer=partner, role="RESELLER")
    before = _written()

    with pytest.raises(InvalidValues):
        take("add_partner", made, customer=partner, role="REFERRER")
    assert _written() == before


def test_a_partner_of_another_deal_is_not_touched(deal: Make, take: Take, firm: Make) -> None:
    made, other = deal(), deal(name="Deal khác")
    take("add_partner", other, customer=firm(), role="RESELLER")
    partner = Partner.objects.get().pk
    before = _written()

    for verb, more in (
        ("change_partner", {"role": "REFERRER"}), ("file_commitment", {"file": 1}), ("remove_partner", {}),
    ):  # fmt: skip
        with pytest.raises(NoSuchPartner):
            take(verb, made, partner=partner, **more)
    assert _written() == before

    take("remove_partner", other, partner=partner)
    assert not Partner.objects.exists()


def _paper(name: str = "cam-ket.txt") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, "Cam kết lắp đặt".encode(), "text/plain")


def test_a_paper_makes_a_commitment(deal: Make, take: Take, firm: Make, client: Client, cast: Cast) -> None:
    made = deal()
    take("add_partner", made, customer=firm(), role="SUBCONTRACTOR", commitment="AWAITED")
    at = f"/opportunities/{made}/partners/{Partner.objects.get().pk}/paper"
    client.force_login(cast.user("seller"))

    client.post(at, {"file": _paper()})

    file = File.objects.get(entity="opportunities", record_id=made)
    row = Partner.objects.get()
    assert (row.paper_id, row.commitment) == (file.pk, "GIVEN")
    page = client.get(f"/opportunities/{made}?tab=partners").content.decode()
    assert f"/opportunities/{made}/files/{file.pk}" in page
    assert "cam-ket.txt" in page


def test_a_paper_that_is_not_taken_leaves_nothing(
    deal: Make, take: Take, firm: Make, client: Client, cast: Cast
) -> None:
    made = deal()
    take("add_partner", made, customer=firm(), role="SUBCONTRACTOR")
    partner = Partner.objects.get().pk
    before = _written()

    client.force_login(cast.user("outsider"))
    assert (
        client.post(f"/opportunities/{made}/partners/{partner}/paper", {"file": _paper()}).status_code == 404
    )
    client.force_login(cast.user("seller"))
    client.post(f"/opportunities/{made}/partners/{partner}/paper", {"file": _paper("cam-ket.exe")})
    client.post(f"/opportunities/{made}/partners/{partner}/paper", {})
    answer = client.post(f"/opportunities/{made}/partners/{partner + 1}/paper", {"file": _paper()})

    assert "không còn ở cơ hội" in answer.content.decode()
    assert not File.objects.exists()
    assert _written() == before
    assert Partner.objects.get().commitment == "NONE"


def test_a_file_of_another_deal_is_no_commitment(deal: Make, take: Take, firm: Make) -> None:
    made = deal()
    take("add_partner", made, customer=firm(), role="SUBCONTRACTOR")

    with pytest.raises(InvalidValues):
        take("file_commitment", made, partner=Partner.objects.get().pk, file=12_345)
    assert Partner.objects.get().paper_id is None


def test_a_closed_deal_keeps_its_partners_as_they_were(
    deal: Make, take: Take, firm: Make, client: Client, cast: Cast
) -> None:
    made = deal()
    take("add_partner", made, customer=firm(), role="SUBCONTRACTOR", share="10")
    take("lose", made, loss_reason="NO_NEED")
    client.force_login(cast.user("seller"))

    page = client.get(f"/opportunities/{made}?tab=partners").content.decode()
    assert "Kỹ thuật lạnh Kim Việt" in page
    assert "change_partner" not in page
    answer = client.post(f"/opportunities/{made}/remove_partner", {"partner": Partner.objects.get().pk})
    assert answer.status_code == 409
    assert Partner.objects.count() == 1


def test_a_partner_that_is_closed_to_the_reader_has_no_name(
    deal: Make, take: Take, firm: Make, client: Client, cast: Cast
) -> None:
    made, partner = deal(), firm("Đối tác kín", by="director")
    take("add_partner", made, by="director", customer=partner, role="FINANCIER", share="30")
    client.force_login(cast.user("seller"))

    for tab in ("partners", "overview"):
        page = client.get(f"/opportunities/{made}?tab={tab}").content.decode()
        assert "Đối tác kín" not in page
        assert "Tài trợ vốn" in page
    assert "Đối tác kín" not in client.get(f"/opportunities/{made}?tab=history").content.decode()


def test_rest_adds_and_takes_off_a_partner(deal: Make, firm: Make, client: Client, cast: Cast) -> None:
    made, partner = deal(), firm()
    client.force_login(cast.user("seller"))
    at = f"/api/v1/opportunities/{made}"

    def post(verb: str, body: dict[str, object]) -> int:
        return client.post(f"{at}/{verb}", body, content_type="application/json").status_code

    assert post("add_partner", {"customer": partner, "role": "RESELLER", "share": 12.5}) == 200
    row = Partner.objects.get()
    assert (row.partner_id, row.share) == (partner, Decimal("12.50"))
    assert post("change_partner", {"partner": row.pk, "role": "RESELLER", "share": 101}) == 422
    assert post("remove_partner", {"partner": row.pk}) == 200
    assert not Partner.objects.exists()


def test_two_partners_that_prove_to_be_one_keep_their_shares(
    deal: Make, take: Take, firm: Make, cast: Cast
) -> None:
    made, kept, dropped = deal(), firm(), firm("Kim Việt Kỹ thuật lạnh")
    take("add_partner", made, customer=kept, role="SUBCONTRACTOR", share="20")
    take("add_partner", made, customer=dropped, role="SUBCONTRACTOR", share="15")

    merge(
        entity_named("customers"),
        kept,
        [dropped],
        actor=cast.actor("director"),
        versions={kept: 1, dropped: 1},
    )

    row = Partner.objects.get()
    assert (row.partner_id, row.share) == (kept, Decimal("35.00"))
