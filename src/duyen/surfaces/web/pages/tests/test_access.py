"""“Why can this colleague not see this customer?”, asked on the page by those who may ask."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.test import Client

from duyen.entities.registry import entity_named
from duyen.entities.sharing import share
from duyen.entities.standard import delete
from duyen.foundation.audit.models import History
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

BrowserOf = Callable[[str], Client]
MakeCustomer = Callable[..., Any]
CUSTOMERS = entity_named("customers")


def text(response: Any) -> str:
    return str(response.content.decode())


def _asked(record_id: int, who: int | None = None, entity: str = "customers") -> dict[str, Any]:
    return {"entity": entity, "record": record_id} | ({"who": who} if who else {})


def test_answers_the_administrator_by_the_code_alone(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    code = Party.objects.get(pk=make_customer().id).code

    page = text(
        browser_of("admin").get("/access", {"who": str(cast.users["colleague"].pk), "what": code.lower()})
    )

    assert "Vũ Hoàng Yến không xem được bản ghi này." in page
    assert "Giao dịch viên tại Cửa hàng An Dương" in page
    assert "Cửa hàng Hồng Bàng (Khu vực 1 › Chi nhánh Hải Phòng)" in page
    assert f"/users/{cast.users['colleague'].pk}/place?unit={cast.unit('HP1').pk}" in page


def _main(response: Any) -> str:
    return text(response).partition("<main")[2].partition("</main>")[0]


def test_tells_nobody_by_a_code_that_a_closed_record_exists(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    code = Party.objects.get(pk=make_customer("outsider").id).code
    seller = browser_of("seller")

    closed, none = (seller.get("/access", {"what": asked}) for asked in (code, "KH-KHONG-CO-26-000001"))

    assert (closed.status_code, none.status_code) == (403, 403)
    assert _main(closed) == _main(none)


def test_tells_the_administrator_where_a_record_stands_and_never_its_words(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    done = make_customer(phones=["0912345678"])
    admin = browser_of("admin")

    for asked in (
        _asked(done.id),
        _asked(done.id, cast.users["seller"].pk),
        {"what": f"/customers/{done.id}"},
    ):
        page = text(admin.get("/access", asked))
        assert "Nguyễn Hồng Hạnh" in page
        assert "Hoa Sen" not in page
        assert not re.search(r"912 ?345 ?678", page)
    assert "Hoa Sen" in text(browser_of("director").get("/access", _asked(done.id)))


def test_lists_all_that_a_person_may_do_and_by_which_position(cast: Cast, browser_of: BrowserOf) -> None:
    page = text(browser_of("admin").get("/access", {"who": str(cast.users["manager"].pk)}))

    assert "Phạm Đức Thắng được làm gì" in page
    assert "khu vực của mình, với vai trò Trưởng khu vực tại Khu vực 1" in page
    assert browser_of("manager").get("/access", {"who": str(cast.users["seller"].pk)}).status_code == 403


def test_lists_who_sees_a_record_by_their_reasons(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    done = make_customer()
    share(CUSTOMERS, done.id, actor=cast.actor("manager"), user=cast.users["outsider"].pk, may_change=True)

    page = text(browser_of("manager").get("/access", _asked(done.id)))
    narrowed = text(browser_of("manager").get("/access", _asked(done.id) | {"q": "dang van"}))

    for words in ("Phụ trách", "Được chia sẻ đích danh", "Phạm Đức Thắng", "Hoàng Thị Lan", "Đặng Văn Ấn"):
        assert words in page
    assert "Vũ Hoàng Yến" not in page
    assert "Đặng Văn Ấn" in narrowed
    assert "Phạm Đức Thắng" not in narrowed.split("main-aside")[1].split("<aside")[0]


def test_offers_each_way_to_whoever_may_go_it(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    done, who = make_customer(), cast.users["colleague"].pk

    manager = text(browser_of("manager").get("/access", _asked(done.id, who)))
    admin = text(browser_of("admin").get("/access", _asked(done.id, who)))

    assert f'href="/customers/{done.id}/share"' in manager
    assert f"/users/{who}/place" not in manager
    assert f'href="/customers/{done.id}/share"' not in admin
    assert "Phạm Đức Thắng" in admin
    assert f"/users/{who}/place" in admin


@pytest.mark.parametrize(
    ("who", "status"), [("seller", 403), ("teller", 403), ("outsider", 404), ("care_agent", 403)]
)
def test_keeps_those_out_who_may_not_ask_about_others(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer, who: str, status: int
) -> None:
    done = make_customer()

    answers = [
        browser_of(who).get("/access", _asked(done.id)).status_code,
        browser_of(who).get("/access", _asked(done.id, cast.users["director"].pk)).status_code,
        browser_of(who).get("/access").status_code,
    ]

    assert answers == [status, status, 403]


def test_tells_everybody_what_she_may_do_with_what_she_sees(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    done = make_customer()
    seller = browser_of("seller")

    page = text(seller.get("/access", _asked(done.id, cast.users["seller"].pk)))
    record = text(seller.get(f"/customers/{done.id}"))

    assert "người này phụ trách bản ghi" in page
    assert f"/access?entity=customers&amp;record={done.id}&amp;who={cast.users['seller'].pk}" in record


@pytest.mark.parametrize(
    "asked",
    [
        {"entity": "planets", "record": "1"},
        {"entity": "customers", "record": "999999"},
        {"entity": "customers", "record": "1", "who": "99999999"},
        {"what": "/planets/3"},
        {"entity": "customers", "record": "9" * 18},
    ],
)
def test_says_that_nothing_is_there(browser_of: BrowserOf, cast: Cast, asked: dict[str, str]) -> None:
    assert browser_of("admin").get("/access", asked).status_code == 404


def test_says_what_to_give_when_nothing_is_found(browser_of: BrowserOf, cast: Cast) -> None:
    answer = browser_of("admin").get("/access", {"what": "KH-XX-26-000001"})

    assert answer.status_code == 422
    assert "Không có bản ghi nào" in text(answer)


@pytest.mark.parametrize("typed", ["colleague", "COLLEAGUE@example.com", "hoang yen", "Vũ Hoàng Yến"])
def test_finds_a_colleague_as_she_is_typed(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer, typed: str
) -> None:
    asked = {"who_text": typed, "what": f"customers/{make_customer().id}"}
    admin = browser_of("admin")

    offered = text(admin.get("/users/_options", {"who_text": typed}, headers={"HX-Request": "true"}))

    assert "Vũ Hoàng Yến không xem được bản ghi này." in text(admin.get("/access", asked))
    assert "Vũ Hoàng Yến" in offered


@pytest.mark.parametrize(
    ("typed", "sentence"), [("zzz", "Không ai có tên hoặc email này."), ("an", "Có nhiều người tên như vậy.")]
)
def test_never_answers_for_everybody_when_a_colleague_was_typed_in_vain(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer, typed: str, sentence: str
) -> None:
    asked = {"who_text": typed, "what": f"/customers/{make_customer().id}"}

    answer = browser_of("admin").get("/access", asked)

    assert answer.status_code == 422
    assert sentence in text(answer)
    assert "Ai xem được bản ghi này" not in text(answer)


def test_lets_one_choose_among_several_of_a_name(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    ids = [make_customer(name="Trần Văn Nam", kind="INDIVIDUAL").id for _ in range(2)]

    page = text(
        browser_of("director").get("/access", {"what": "tran van nam", "who": str(cast.users["teller"].pk)})
    )

    for record_id in ids:
        assert f"record={record_id}&amp;who={cast.users['teller'].pk}" in page


def test_speaks_of_the_bin_and_of_who_can_restore(
    cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer
) -> None:
    done = make_customer()
    delete(CUSTOMERS, done.id, actor=cast.actor("seller"))

    page = text(browser_of("admin").get("/access", _asked(done.id, cast.users["seller"].pk)))

    assert "thùng rác" in page
    assert "Nguyễn Hồng Hạnh" in page


def test_asking_writes_nothing(cast: Cast, browser_of: BrowserOf, make_customer: MakeCustomer) -> None:
    done = make_customer()
    before = History.objects.count()

    browser_of("admin").get("/access", _asked(done.id))
    browser_of("admin").get("/access", _asked(done.id, cast.users["teller"].pk))

    assert History.objects.count() == before
