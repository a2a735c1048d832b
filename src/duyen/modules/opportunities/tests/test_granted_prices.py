"""A price beyond the seller's limit: asked for from the form, decided about by whom a limit lets."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from duyen.entities import standard
from duyen.entities.models import ApprovalRequest
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.models import FieldRight
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.notices.models import Notice
from duyen.foundation.org.models import Role
from duyen.foundation.settings.company import kept_rows
from duyen.kernel.clock import today
from duyen.modules.catalog.actions import keep_limits
from duyen.modules.catalog.queries import LIMITS, Limit, discount_limits
from duyen.modules.opportunities.models import Line
from duyen.modules.opportunities.tests.conftest import Goods, Make, Take, stand
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
SignIn = Callable[[str], Client]
Limits = Callable[..., None]
_WHY = "Khách đã có giá này của bên khác"


@pytest.fixture
def sign_in(cast: Cast) -> SignIn:
    """Sign somebody of the cast in."""

    def sign_one_in(who: str) -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return sign_one_in


@pytest.fixture
def limit_to(cast: Cast) -> Limits:
    """Let the director decide how much each role takes off, by its code."""

    def limit(**percents: int) -> None:
        row = kept_rows([LIMITS]).get(LIMITS)
        own = {code: Limit(Decimal(most)) for code, most in percents.items()}
        limits = {**discount_limits(), **own}
        keep_limits(limits, actor=cast.actor("director"), version=row.version if row else 0)

    return limit


def _asked(client: Client, deal: int, goods: Goods, discount: str = "8", **more: Any) -> ApprovalRequest:
    """Ask from the form, as it is sent by the button that a refusal brings."""
    given = {"product": goods.box, "quantity": 2, "discount": discount, "ask": "1", "approval_words": _WHY}
    answer = client.post(f"/opportunities/{deal}/add_line?tab=lines", given | more)
    assert (answer.status_code, answer["Location"]) == (302, f"/opportunities/{deal}?tab=lines")
    return ApprovalRequest.objects.latest("pk")


def _grant(client: Client, request: ApprovalRequest) -> Any:
    version = stand(request.record_id).version
    return client.post(f"/approvals/{request.pk}/grant", {"version": version, "answer": "Đồng ý"})


def _untouched(deal: int) -> bool:
    row = stand(deal)
    return not Line.objects.exists() and (row.version, row.amount, row.line_count) == (1, None, 0)


def test_the_refusal_keeps_what_was_typed_and_offers_to_ask(
    deal: Make, goods: Goods, sign_in: SignIn
) -> None:
    made, seller = deal(), sign_in("seller")
    entries = History.objects.count()
    given = {"product": goods.box, "quantity": 2, "discount": "8", "site": "Kho lạnh"}

    plain = seller.post(f"/opportunities/{made}/add_line?tab=lines", given)
    dialog = seller.post(
        f"/opportunities/{made}/add_line?tab=lines", given, headers={"HX-Request": "true", "HX-Target": "dlg"}
    )

    assert (plain.status_code, dialog.status_code) == (409, 422)
    for page in (plain.content.decode(), dialog.content.decode()):
        assert 'name="ask"' in page
        assert 'value="Kho lạnh"' in page
        assert "Trưởng phòng kinh doanh, Giám đốc" in page
    assert History.objects.count() == entries
    assert not ApprovalRequest.objects.exists()
    assert _untouched(made)


def test_one_press_asks_and_the_deal_shows_it(deal: Make, goods: Goods, sign_in: SignIn) -> None:
    made, seller = deal(), sign_in("seller")

    request = _asked(seller, made, goods, site="Kho lạnh")

    assert (request.limit, request.words) == ("opportunities.discount", _WHY)
    assert request.amount == Decimal(8)
    assert (request.arguments["unit_price"], request.arguments["site"]) == (920_000, "Kho lạnh")
    assert "discount" not in request.arguments
    assert _untouched(made)
    for tab in ("", "?tab=lines"):
        page = seller.get(f"/opportunities/{made}{tab}").content.decode()
        assert "Thêm sản phẩm" in page
        assert f"/approvals/{request.pk}" in page
        assert "8%" in page
    told = sign_in("director").get(f"/approvals/{request.pk}").content.decode()
    assert all(word in told for word in ("Thiết bị", "920.000", "1.000.000", "8%", _WHY))


def test_it_goes_to_those_whose_limit_covers_it(
    deal: Make, goods: Goods, sign_in: SignIn, cast: Cast
) -> None:
    small, large = (deal(name=f"Kho {number}") for number in (1, 2))
    seller = sign_in("seller")

    first, second = _asked(seller, small, goods, "4"), _asked(seller, large, goods, "8")

    told = Notice.objects.filter(kind="approval_asked").values_list("record_id", "user_id")
    assert set(told) == {(small, cast.users["manager"].pk), (large, cast.users["director"].pk)}
    assert _grant(sign_in("manager"), second).status_code == 409
    assert _untouched(large)
    assert _grant(sign_in("manager"), first).status_code == 302
    assert stand(small).amount == 2 * 960_000


def test_a_grant_writes_the_line_at_that_price_in_the_name_of_the_seller(
    deal: Make, goods: Goods, sign_in: SignIn, cast: Cast
) -> None:
    made = deal()
    request = _asked(sign_in("seller"), made, goods, site="Kho lạnh")

    assert _grant(sign_in("director"), request).status_code == 302

    line = Line.objects.get(opportunity_id=made)
    assert (line.unit_price, line.list_price, line.quantity, line.site) == (920_000, 1_000_000, 2, "Kho lạnh")
    assert stand(made).amount == 1_840_000
    entry = History.objects.filter(verb="opportunities.add_line").latest("pk")
    assert entry.actor_id == cast.users["seller"].pk
    assert "8 %" in sign_in("seller").get(f"/opportunities/{made}?tab=lines").content.decode()


def test_a_refusal_changes_nothing_and_says_why(
    deal: Make, goods: Goods, sign_in: SignIn, cast: Cast
) -> None:
    made, seller, director = deal(), sign_in("seller"), sign_in("director")
    request = _asked(seller, made, goods)

    assert director.post(f"/approvals/{request.pk}/refuse", {"answer": " "}).status_code == 422
    refused = director.post(f"/approvals/{request.pk}/refuse", {"answer": "Giá này dưới giá vốn"})

    assert refused.status_code == 302
    assert _untouched(made)
    assert "Giá này dưới giá vốn" in seller.get(f"/opportunities/{made}").content.decode()
    notice = Notice.objects.get(kind="approval_refused")
    assert (notice.user_id, notice.record_id) == (cast.users["seller"].pk, made)


def test_nobody_grants_her_own_price(deal: Make, goods: Goods, sign_in: SignIn, limit_to: Limits) -> None:
    made, seller = deal(), sign_in("seller")
    request = _asked(seller, made, goods)
    limit_to(SALES_REP=50)

    assert _grant(seller, request).status_code == 409

    assert ApprovalRequest.objects.get().state == "WAITING"
    assert _untouched(made)


def test_a_limit_lowered_meanwhile_holds(deal: Make, goods: Goods, sign_in: SignIn, limit_to: Limits) -> None:
    made = deal()
    request = _asked(sign_in("seller"), made, goods, "4")
    limit_to(AREA_HEAD=3)

    assert _grant(sign_in("manager"), request).status_code == 409
    assert _untouched(made)

    assert _grant(sign_in("director"), request).status_code == 302
    assert stand(made).amount == 2 * 960_000


def test_the_price_is_weighed_anew_by_the_list_of_that_day(
    deal: Make, goods: Goods, sign_in: SignIn, cast: Cast
) -> None:
    made, director = deal(), cast.actor("director")
    request = _asked(sign_in("seller"), made, goods, "4")
    values = {"code": "P2", "name": "Bảng giá mới", "valid_from": today()}
    dearer = standard.create(entity_named("price_lists"), actor=director, values=values).id
    for verb, asked in (("set_prices", {"lines": "BOX;;2000000;;"}), ("issue", {})):
        perform(entity_named("price_lists"), verb, dearer, actor=director, arguments=asked)

    # What was four per cent is 52 by now: more than who could have granted it gives.
    stuck = _grant(sign_in("manager"), request)

    assert stuck.status_code == 409
    assert "52%" in stuck.content.decode()
    assert _untouched(made)
    assert _grant(sign_in("director"), request).status_code == 302
    assert Line.objects.get().unit_price == 960_000


def test_below_the_floor_is_for_who_may_go_there(
    deal: Make, goods: Goods, sign_in: SignIn, limit_to: Limits
) -> None:
    made = deal()
    limit_to(AREA_HEAD=60)
    request = _asked(sign_in("seller"), made, goods, "", product=goods.line, quantity=1, unit_price="140.000")

    assert (request.limit, request.amount) == ("opportunities.floor", Decimal(30))
    assert _grant(sign_in("manager"), request).status_code == 409
    assert _untouched(made)
    assert _grant(sign_in("director"), request).status_code == 302
    assert stand(made).monthly == 140_000


def test_each_product_waits_by_itself_and_stops_no_other(
    deal: Make, goods: Goods, take: Take, sign_in: SignIn
) -> None:
    made, seller = deal(), sign_in("seller")
    box = _asked(seller, made, goods)
    again = seller.post(
        f"/opportunities/{made}/add_line", {"product": goods.box, "quantity": 9, "discount": "9", "ask": "1"}
    )
    line = _asked(seller, made, goods, product=goods.line, quantity=1)

    assert again.status_code == 409
    assert ApprovalRequest.objects.count() == 2
    assert line.part != box.part
    take("add_line", made, product=goods.box, quantity=1)
    assert stand(made).amount == 1_000_000
    assert _grant(sign_in("director"), box).status_code == 302
    assert _grant(sign_in("director"), line).status_code == 302
    assert stand(made).line_count == 3


def test_a_line_on_the_deal_is_asked_for_too(deal: Make, goods: Goods, take: Take, sign_in: SignIn) -> None:
    made, seller = deal(), sign_in("seller")
    take("add_line", made, product=goods.box, quantity=1)
    line = Line.objects.get()
    given = {"line": line.pk, "quantity": 1, "unit_price": "930.000"}

    refused = seller.post(f"/opportunities/{made}/change_line?tab=lines", given)
    answer = seller.post(
        f"/opportunities/{made}/change_line?tab=lines", given | {"ask": "1", "approval_words": _WHY}
    )

    assert (refused.status_code, answer.status_code) == (409, 302)
    assert f'type="hidden" name="line" value="{line.pk}"' in refused.content.decode()
    request = ApprovalRequest.objects.get()
    assert "Thiết bị" in sign_in("director").get(f"/approvals/{request.pk}").content.decode()
    assert stand(made).amount == 1_000_000
    assert _grant(sign_in("director"), request).status_code == 302
    assert stand(made).amount == 930_000


def test_a_granted_line_is_changed_within_what_was_granted(deal: Make, goods: Goods, sign_in: SignIn) -> None:
    made, seller = deal(), sign_in("seller")
    _grant(sign_in("director"), _asked(seller, made, goods))
    line = Line.objects.get()
    given = {"line": line.pk, "unit_price": "920.000", "site": "Kho 2"}

    more = seller.post(f"/opportunities/{made}/change_line", given | {"quantity": 3})
    cheaper = seller.post(
        f"/opportunities/{made}/change_line", given | {"quantity": 2, "unit_price": "919.000"}
    )
    same = seller.post(f"/opportunities/{made}/change_line", given | {"quantity": 2})

    assert [each.status_code for each in (more, cheaper, same)] == [409, 409, 302]
    line.refresh_from_db()
    assert (line.unit_price, line.quantity, line.site) == (920_000, 2, "Kho 2")


def test_nothing_is_asked_that_could_not_be_done(deal: Make, goods: Goods, sign_in: SignIn) -> None:
    made, seller = deal(), sign_in("seller")
    given = {"product": goods.box, "quantity": 1, "discount": "8", "term_months": 12, "ask": "1"}

    answer = seller.post(f"/opportunities/{made}/add_line", given)

    assert answer.status_code == 422
    assert not ApprovalRequest.objects.exists()
    assert _untouched(made)


def test_a_price_is_asked_for_and_decided_about_through_the_api(
    deal: Make, goods: Goods, sign_in: SignIn
) -> None:
    made, seller, director = deal(), sign_in("seller"), sign_in("director")
    body = {"product": goods.box, "quantity": 2, "discount": 8, "approval_words": _WHY}

    def call(client: Client, path: str, sent: Any) -> Any:
        return client.post(f"/api/v1/{path}", sent, content_type="application/json")

    asked = call(seller, f"opportunities/{made}/add_line", body)
    assert asked.status_code == 202, asked.content.decode()
    told = asked.json()
    assert (told["limit"], told["amount"], told["words"]) == ("opportunities.discount", 8.0, _WHY)
    assert call(seller, f"opportunities/{made}/add_line", body).json()["code"] == "asked_already"
    assert call(seller, f"approvals/{told['id']}/grant", {"version": 1}).status_code == 409
    assert _untouched(made)

    refused = call(director, f"approvals/{told['id']}/refuse", {"answer": "Quá thấp"})
    assert (refused.json()["state"], refused.json()["answer"]) == ("REFUSED", "Quá thấp")
    assert _untouched(made)

    again = call(seller, f"opportunities/{made}/add_line", body).json()
    granted = call(director, f"approvals/{again['id']}/grant", {"version": 1})
    assert granted.json()["state"] == "GRANTED"
    assert stand(made).amount == 1_840_000


def test_a_seller_of_another_area_hears_nothing_of_it(deal: Make, goods: Goods, sign_in: SignIn) -> None:
    request = _asked(sign_in("seller"), deal(), goods)
    outsider = sign_in("outsider")

    assert outsider.get(f"/approvals/{request.pk}").status_code == 404
    assert "Mạng cho kho lạnh" not in outsider.get("/approvals?which=all").content.decode()
    assert _grant(outsider, request).status_code == 404


def test_the_page_of_limits_leads_to_where_these_are_kept(sign_in: SignIn) -> None:
    admin = sign_in("admin")

    page = admin.get("/settings/approvals/opportunities.discount").content.decode()
    assert "/settings/discounts" in page
    assert 'name="is_on"' not in page
    kept = admin.post("/settings/approvals/opportunities.discount", {"hours": "4", "version": "0"})

    assert kept.status_code == 302
    shown = admin.get("/settings/approvals").content.decode()
    assert "tối đa 10%" in shown
    assert "4 giờ làm việc" in shown


def test_whoever_may_not_see_amounts_hears_of_the_request_without_them(
    deal: Make, goods: Goods, sign_in: SignIn, cast: Cast
) -> None:
    request = _asked(sign_in("seller"), deal(), goods)
    role = Role.objects.get(code="AREA_HEAD")
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "tests.rights")
        FieldRight.objects.create(role=role, entity="opportunities", field="amount", level="hidden")
    manager = sign_in("manager")

    page = manager.get(f"/approvals/{request.pk}").content.decode()
    told = manager.get(f"/api/v1/approvals/{request.pk}").json()

    assert "Mạng cho kho lạnh" in page
    assert not any(word in page for word in ("920.000", "1.000.000", "8%"))
    assert told["amount"] is None
