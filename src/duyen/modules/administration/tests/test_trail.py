"""The page of the trail: by a right of its own, noted in the trail itself, and as a file."""

from __future__ import annotations

import csv
import io
from html import unescape

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.registry import entity_named
from duyen.entities.trail_search import Question
from duyen.foundation.access.models import RoleRight
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import OPENED, History
from duyen.foundation.org.models import DoorstepEvent, Role
from duyen.foundation.org.words import Doorstep, Outcome
from duyen.kernel.clock import now
from duyen.modules.administration.actions import export_trail
from duyen.testing.cast import PASSWORD, Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def renamed(cast: Cast) -> int:
    """A customer that the seller renamed."""
    customers, seller = entity_named("customers"), cast.actor("seller")
    values = {"name": "Ánh Dương", "kind": "ORGANISATION"}
    made = standard.create(customers, actor=seller, values=values)
    standard.change(customers, made.id, actor=seller, values={"name": "=Ánh Dương Mới"}, version=1)
    return made.id


@pytest.fixture
def director(client: Client, cast: Cast) -> Client:
    client.force_login(cast.user("director"))
    return client


def _shown(client: Client, address: str, status: int = 200) -> str:
    answer = client.get(address)
    assert answer.status_code == status
    return unescape(answer.content.decode())


def _give(role: str, verb: str) -> None:
    RoleRight.objects.create(role=Role.objects.get(code=role), entity="users", verb=verb, reach="all")


def test_shows_what_changed_with_a_link_to_the_record(director: Client, renamed: int) -> None:
    page = _shown(director, "/trail?record=anh+duong")

    assert "Ánh Dương</span> thành" in page
    assert f'href="/customers/{renamed}"' in page
    assert "trên web" in page


@pytest.mark.parametrize("who", ["seller", "manager", "care_agent"])
@pytest.mark.parametrize("address", ["/trail", "/trail?tab=door", "/trail/export"])
def test_is_closed_to_everybody_without_the_right(client: Client, cast: Cast, who: str, address: str) -> None:
    client.force_login(cast.user(who))
    before = History.objects.count()

    assert client.get(address).status_code == 403
    assert client.post("/trail/export", {"purpose": "Kiểm tra"}).status_code == 403
    assert 'href="/trail"' not in client.get("/").content.decode()
    assert History.objects.count() == before


def test_a_reader_of_the_trail_sees_no_more_of_it_than_her_records(
    client: Client, cast: Cast, renamed: int
) -> None:
    trail.begin(cast.actor("admin"), "roles.set_rights")
    _give("SALES_REP", "read_trail")
    client.force_login(cast.user("outsider"))

    page = _shown(client, "/trail")

    assert "Ánh Dương" not in page
    assert "Hạnh" not in page.partition('class="tl"')[2]
    assert client.get("/trail?tab=door").status_code == 403
    assert client.get("/trail/export").status_code == 403


def test_an_administrator_sees_that_it_happened_and_not_what(
    client: Client, cast: Cast, renamed: int
) -> None:
    client.force_login(cast.user("admin"))

    page = _shown(client, "/trail?kind=customers")

    assert "Nguyễn Hồng Hạnh" in page
    assert f"Khách hàng số {renamed} · Chưa mở cho bạn" in page
    assert "Ánh Dương" not in page


def test_writes_down_who_looked_and_for_what_once(director: Client, cast: Cast) -> None:
    for _again in range(2):
        director.get("/trail?who=hanh&words=duong")
    director.get("/trail?who=teller")

    looks = History.objects.filter(kind=OPENED, verb="trail.search").order_by("id")
    assert [each.changes for each in looks] == [
        {"asked": {"who": "hanh", "words": "duong"}},
        {"asked": {"who": "teller"}},
    ]
    assert {each.actor_id for each in looks} == {cast.users["director"].pk}
    page = _shown(director, "/trail?tab=opened")
    assert "Tìm trong nhật ký" in page
    assert "Từ cần tìm: duong" in page


def test_shows_who_came_in_and_who_was_refused(director: Client, cast: Cast) -> None:
    Client().post("/login", {"email": "seller@example.com", "password": PASSWORD})
    Client().post("/login", {"email": "stranger@example.com", "password": "sai"})

    page = _shown(director, "/trail?tab=door")
    wrong = _shown(director, "/trail?tab=door&outcome=WRONG")
    hers = _shown(director, "/trail?tab=door&who=hong+hanh")

    assert "Nguyễn Hồng Hạnh" in page
    assert "stranger@example.com" in page
    assert "Nguyễn Hồng Hạnh" not in wrong.partition("<tbody>")[2]
    assert "stranger@example.com" not in hers
    assert "Nguyễn Hồng Hạnh" in hers.partition("<tbody>")[2]


def test_pages_through_the_door_without_a_gap(director: Client) -> None:
    DoorstepEvent.objects.bulk_create(
        DoorstepEvent(at=now(), what=Doorstep.SIGN_IN, outcome=Outcome.WRONG, email=f"e{n}@example.com")
        for n in range(120)
    )
    seen, address = "", "/trail?tab=door&outcome=WRONG"
    for _page in range(3):
        answer = director.get(address, headers={"HX-Request": "true"})
        seen += answer.content.decode()
        following = seen.rpartition('hx-get="')[2].partition('"')[0]
        address = unescape(following)

    assert all(f"e{n}@example.com" in seen for n in range(120))
    assert director.get("/trail?tab=door&after=forged").status_code == 400


def test_scrolls_on_with_rows_alone(director: Client, cast: Cast) -> None:
    rows = [{"name": f"Khách {number}", "kind": "ORGANISATION"} for number in range(60)]
    standard.create_many(entity_named("customers"), actor=cast.actor("seller"), rows=rows)
    first = _shown(director, "/trail?kind=customers&verb=create")
    following = first.partition('id="more-entries" hx-get="')[2].partition('"')[0]
    looks = History.objects.filter(kind=OPENED).count()

    more = director.get(following, headers={"HX-Request": "true"}).content.decode()

    assert following
    assert more.lstrip().startswith('<li class="day">')
    assert "<html" not in more
    assert History.objects.filter(kind=OPENED).count() == looks


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/trail?from=hom+kia", 422),
        ("/trail?tab=door&to=99/99/2026", 422),
        ("/trail?kind=moon", 400),
        ("/trail?field=customers.moon", 400),
        ("/trail?after=forged", 400),
        ("/trail?who=" + "x" * 5000, 200),
        ("/trail?tab=moon&verb=%00", 400),
    ],
)
def test_answers_a_bad_question_with_a_sentence(director: Client, address: str, status: int) -> None:
    before = History.objects.exclude(kind=OPENED).count()

    assert director.get(address).status_code == status
    assert History.objects.exclude(kind=OPENED).count() == before


def test_exports_what_was_found_and_notes_who_why_and_how_much(
    director: Client, cast: Cast, renamed: int
) -> None:
    answer = director.post(
        "/trail/export", {"kind": "customers", "who": "hanh", "purpose": "Thanh tra quý 4"}
    )

    content = b"".join(answer.streaming_content)  # type: ignore[attr-defined]
    assert answer.headers["Content-Disposition"].startswith('attachment; filename="trail-')
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert [(row["Ai"], row["Từ"], row["Đến"]) for row in rows] == [
        ("Nguyễn Hồng Hạnh", "Ánh Dương", "'=Ánh Dương Mới"),
        ("Nguyễn Hồng Hạnh", "", ""),
    ]
    begun, ended = History.objects.filter(kind=OPENED).order_by("id")
    assert (begun.verb, begun.note) == ("trail.export", "Thanh tra quý 4")
    assert (ended.verb, ended.note) == ("trail.exported", "Thanh tra quý 4")
    assert ended.changes == {"asked": {"who": "hanh", "kind": "customers"}, "entries": 2, "whole": True}


def test_notes_an_export_that_broke_off(cast: Cast, renamed: int) -> None:
    sets = export_trail(Question(), "Thanh tra", actor=cast.actor("director"))
    next(sets)

    sets.close()

    ended = History.objects.get(verb="trail.exported")
    assert ended.changes is not None
    assert (ended.note, ended.changes["whole"]) == ("Thanh tra", False)


@pytest.mark.parametrize("purpose", ["", "   ", "\u200b"])
def test_exports_nothing_without_a_purpose(director: Client, renamed: int, purpose: str) -> None:
    answer = director.post("/trail/export", {"who": "hanh", "purpose": purpose})

    assert answer.status_code == 422
    assert 'value="hanh"' in answer.content.decode()
    assert not History.objects.filter(kind=OPENED).exists()


def test_tells_who_gave_which_right_and_position(director: Client, cast: Cast) -> None:
    page = _shown(director, "/trail?kind=users&who=tests")

    assert "Cửa hàng Hồng Bàng" in page
    assert "Nhân viên kinh doanh" in page


@pytest.mark.parametrize("address", ["/trail?who=hanh", "/trail?tab=door"])
def test_stays_closed_to_whoever_views_as_somebody_who_may(client: Client, cast: Cast, address: str) -> None:
    trail.begin(cast.actor("admin"), "roles.set_rights")
    _give("SALES_REP", "read_trail")
    _give("SALES_REP", "oversee_trail")
    hers = Client()
    hers.force_login(cast.user("seller"))
    assert hers.get(address).status_code == 200
    client.force_login(cast.user("admin"))
    client.post(f"/users/{cast.users['seller'].pk}/view-as", {"reason": "Hỗ trợ tìm trong nhật ký"})

    answer = client.get(address)

    assert answer.status_code == 403
    assert 'class="tl"' not in answer.content.decode()
    assert not History.objects.filter(verb__startswith="trail.", actor_id=cast.users["admin"].pk).exists()


def test_offers_steps_and_fields_while_one_types(director: Client, renamed: int) -> None:
    page = _shown(director, "/trail")
    assert 'value="customers.name"' not in page

    asked = "/trail/options/field?field_text=khach+hang+ten"
    offered = director.get(asked, headers={"HX-Request": "true"}).content.decode()
    assert 'data-value="customers.name"' in offered

    typed = _shown(director, "/trail?field=&field_text=khach+hang+·+ten&kind=customers")
    assert "Ánh Dương Mới" in typed
    assert 'value="customers.name"' in typed


def test_says_that_what_was_typed_is_nothing_to_choose(director: Client) -> None:
    answer = director.get("/trail?field=&field_text=mặt+trăng")
    assert answer.status_code == 422
    assert 'value="mặt trăng"' in answer.content.decode()
