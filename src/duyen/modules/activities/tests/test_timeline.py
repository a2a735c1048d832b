"""The timeline of a record: who sees what on it, what stands on top, what the form above it makes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from duyen.entities import standard
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.timelines import reading
from duyen.entities.timelines.declared import Asked
from duyen.foundation.files.models import File
from duyen.foundation.notices.models import Notice
from duyen.kernel.clock import now
from duyen.modules.activities.models import Activity
from duyen.modules.activities.tests.conftest import Make
from duyen.testing.cast import Cast
from duyen.testing.following import begin_here, catch_up

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true", "HX-Target": "composer"}
Open = Callable[[str], Client]


@pytest.fixture
def browser(cast: Cast) -> Open:
    def signed_in(who: str = "seller") -> Client:
        client = Client()
        client.force_login(cast.user(who))
        return client

    return signed_in


def _told(
    cast: Cast, record_id: int, who: str = "seller", entity: str = "customers", **asked: Any
) -> list[str]:
    kind, actor = entity_named(entity), cast.actor(who)
    row = kind.rows(actor).filter(pk=record_id).values(*kind.held_columns).get()
    subject = reading.subject_of(kind, row, actor=actor)
    page = reading.timeline(subject, actor=actor, asked=Asked(**asked))
    return [each.told.title for each in page.entries if each.source.name == "activities"]


def _titles(entries: Any) -> list[str]:
    return [each.told.title for each in entries]


def test_shows_what_is_about_the_record_to_whoever_reads_the_record(
    cast: Cast, customer: Make, make: Make
) -> None:
    firm = customer()
    about = [("customers", firm)]
    make("Báo giá đã gửi", kind="NOTE", about=about)
    make("Chuyện riêng", kind="NOTE", about=about, is_private=True)

    assert _told(cast, firm) == ["Chuyện riêng", "Báo giá đã gửi"]
    # The care agent reads the customer, and none of the seller's activities otherwise.
    assert _told(cast, firm, "care_agent") == ["Báo giá đã gửi"]
    assert _told(cast, firm, "manager") == ["Báo giá đã gửi"]


def test_tells_on_a_firm_what_happened_with_its_contacts(cast: Cast, customer: Make, make: Make) -> None:
    firm = customer()
    customers = entity_named("customers")
    perform(customers, "add_contact", firm, actor=cast.actor("seller"), arguments={"name": "Phan Thu Trà"})
    contacts = entity_named("contacts")
    contact = contacts.rows(cast.actor("seller")).get(name="Phan Thu Trà").pk
    make("Gọi chị Trà", kind="CALL", about=[("contacts", contact)])

    assert _told(cast, firm) == ["Gọi chị Trà"]
    assert _told(cast, contact, entity="contacts") == ["Gọi chị Trà"]
    assert _told(cast, firm, kinds=frozenset(["NOTE"])) == []
    assert _told(cast, firm, people=frozenset([cast.users["seller"].pk])) == ["Gọi chị Trà"]
    assert _told(cast, firm, people=frozenset([cast.users["teller"].pk])) == []


def test_comments_on_a_task_show_there_and_on_its_customer(cast: Cast, customer: Make, make: Make) -> None:
    firm = customer()
    task = make("Gửi báo giá", about=[("customers", firm)])
    make("Đã hỏi kho", kind="NOTE", about=[("tasks", task)])

    assert _told(cast, task, entity="tasks") == ["Đã hỏi kho"]
    assert _told(cast, task, entity="activities") == ["Đã hỏi kho"]


def test_what_is_planned_and_pinned_stands_on_top_and_not_below(
    cast: Cast, customer: Make, make: Make
) -> None:
    firm, actor = customer(), cast.actor("seller")
    about = [("customers", firm)]
    later, soon = now() + dt.timedelta(days=3), now() + dt.timedelta(days=1)
    make("Sau", about=about, due_at=later)
    make("Sắp", about=about, due_at=soon)
    note = make("Kho lạnh thứ ba", kind="NOTE", about=about)
    perform(entity_named("activities"), "pin", note, actor=actor, arguments={})
    customers = entity_named("customers")
    row = customers.rows(actor).filter(pk=firm).values(*customers.held_columns).get()
    subject = reading.subject_of(customers, row, actor=actor)

    beginning = reading.beginning(subject, actor=actor, asked=Asked())
    assert _titles(beginning.ahead) == ["Sau", "Sắp"]
    assert _titles(beginning.pinned) == ["Kho lạnh thứ ba"]
    assert _told(cast, firm) == []
    perform(entity_named("activities"), "unpin", note, actor=actor, arguments={})
    assert _told(cast, firm) == ["Kho lạnh thứ ba"]


def test_finishing_lets_a_task_fall_among_what_happened(
    cast: Cast, customer: Make, make: Make, browser: Open
) -> None:
    firm = customer()
    task = make("Gửi báo giá", about=[("customers", firm)])

    form = browser("seller").get(f"/activities/{task}/done", headers=HTMX)
    done = browser("seller").post(f"/activities/{task}/done", {"result": "Đã gửi"}, headers=HTMX)

    assert "Kết quả" in form.content.decode()
    assert done.status_code == 200
    assert _told(cast, firm) == ["Gửi báo giá"]
    assert browser("outsider").post(f"/activities/{task}/done", {}).status_code == 404


def _post(client: Client, firm: int, **sent: Any) -> Any:
    return client.post(f"/customers/{firm}/timeline", sent, headers=HTMX)


def test_the_form_makes_a_note_a_call_and_a_task(cast: Cast, customer: Make, browser: Open) -> None:
    firm, client = customer(), browser("seller")
    client.get(f"/customers/{firm}")
    note = _post(client, firm, kind="NOTE", body="Bên họ sắp mở kho lạnh", due_at="nothing of a note")
    call = _post(client, firm, kind="CALL", outcome="REACHED", direction="OUT", body="Hẹn gửi phương án")
    task = _post(client, firm, kind="NOTE", body="/việc Gửi phương án 25/12/2099\nkèm bảng thông số")

    assert [each.status_code for each in (note, call, task)] == [201] * 3
    made = list(Activity.objects.order_by("id").values("kind", "subject", "body", "outcome", "state"))
    assert [each["kind"] for each in made] == ["NOTE", "CALL", "TASK"]
    assert made[1]["outcome"] == "REACHED"
    assert (made[2]["subject"], made[2]["body"]) == ("Gửi phương án", "kèm bảng thông số")
    due_at = Activity.objects.get(kind="TASK").due_at
    assert due_at is not None
    assert due_at.date() == dt.date(2099, 12, 25)
    page = client.get(f"/customers/{firm}").content.decode()
    for words in ("Bên họ sắp mở kho lạnh", "Hẹn gửi phương án", "Gửi phương án", "Sắp tới"):
        assert words in page


def test_a_note_carries_its_files_and_a_form_sent_twice_is_one_note(
    cast: Cast, customer: Make, browser: Open
) -> None:
    firm, client = customer(), browser("seller")

    def send() -> Any:
        file = SimpleUploadedFile("bien-ban.txt", "đã ký".encode(), "text/plain")
        return _post(client, firm, kind="NOTE", body="Biên bản", key="k-1", file=file)

    first, second = send(), send()

    assert (first.status_code, second.status_code) == (201, 201)
    note = Activity.objects.get()
    assert File.objects.get().record_id == note.pk
    assert "bien-ban.txt" in client.get(f"/customers/{firm}").content.decode()


def test_what_is_wrong_comes_back_with_what_was_typed(cast: Cast, customer: Make, browser: Open) -> None:
    firm, client = customer(), browser("seller")
    empty = _post(client, firm, kind="NOTE", body="  ")
    wrong = _post(client, firm, kind="MEETING", body="Họp", starts_at="35/99/2026", place="Phòng 3")
    plain = client.post(f"/customers/{firm}/timeline", {"kind": "NOTE", "body": ""})

    assert [each.status_code for each in (empty, wrong, plain)] == [422] * 3
    assert empty.headers["HX-Retarget"] == "#composer"
    assert "Phòng 3" in wrong.content.decode()
    assert "<html" in plain.content.decode()
    assert not Activity.objects.exists()


def test_calling_a_colleague_tells_her_and_opens_nothing(cast: Cast, customer: Make, browser: Open) -> None:
    firm, client = customer(), browser("seller")
    names = [cast.users[who].full_name for who in ("manager", "outsider")]
    begin_here()

    answer = _post(client, firm, kind="NOTE", body=f"@{names[0]} và @{names[1]} xem giúp")
    catch_up()

    assert f"{names[1]} không xem được bản ghi này." in answer.content.decode()
    assert f"{names[0]} không" not in answer.content.decode()
    told = {(each.user_id, each.entity, each.record_id) for each in Notice.objects.filter(kind="mentioned")}
    assert told == {(cast.users[who].pk, "customers", firm) for who in ("manager", "outsider")}
    notices = browser("outsider").get("/notices").content.decode()
    assert "Công ty TNHH Hải Long" not in notices
    assert "một bản ghi chưa mở cho bạn" in notices
    assert browser("outsider").get(f"/customers/{firm}").status_code == 404
    assert f"@{names[0]}</b>" in client.get(f"/customers/{firm}").content.decode()


def test_a_changed_text_tells_those_who_are_called_newly(
    cast: Cast, customer: Make, make: Make, browser: Open
) -> None:
    firm = customer()
    manager, teller = (cast.users[who].full_name for who in ("manager", "teller"))
    note = make("", kind="NOTE", body=f"@{manager} xem", about=[("customers", firm)])
    begin_here()

    saved = browser("seller").post(
        f"/activities/{note}/text", {"body": f"@{manager} @{teller} xem"}, headers=HTMX
    )
    catch_up()

    assert saved.status_code == 200
    assert [each.user_id for each in Notice.objects.filter(kind="mentioned")] == [cast.users["teller"].pk]


def test_a_note_is_changed_and_deleted_by_its_writer_and_comes_back(
    cast: Cast, customer: Make, make: Make, browser: Open
) -> None:
    firm = customer()
    note = make("", kind="NOTE", body="Cũ", about=[("customers", firm)])
    stranger = browser("care_agent")

    assert stranger.post(f"/activities/{note}/text", {"body": "Mới"}, headers=HTMX).status_code == 403
    assert stranger.post(f"/activities/{note}/on-timeline/delete", headers=HTMX).status_code == 403
    changed = browser("seller").post(f"/activities/{note}/text", {"body": "Mới"}, headers=HTMX)
    assert Activity.objects.get(pk=note).subject == "Mới"
    assert "undo" in changed.headers["HX-Trigger"]
    browser("seller").post(f"/activities/{note}/on-timeline/delete", headers=HTMX)
    assert _told(cast, firm) == []
    operation = standard.restore(entity_named("activities"), note, actor=cast.actor("seller")).operation
    assert operation.id
    assert _told(cast, firm) == ["Mới"]


def test_a_call_is_logged_by_a_dialog_with_an_answer_for_each_digit(
    cast: Cast, customer: Make, browser: Open
) -> None:
    firm, client = customer(), browser("seller")
    dialog = client.get(f"/customers/{firm}/call", headers={"HX-Request": "true", "HX-Target": "dlg"})
    whole = client.get(f"/customers/{firm}/call")
    sent = {"kind": "CALL", "from": "call", "direction": "OUT", "outcome": "NO_ANSWER"}
    saved = client.post(
        f"/customers/{firm}/timeline", sent, headers={"HX-Request": "true", "HX-Target": "dlg"}
    )

    assert "data-digits" in dialog.content.decode()
    assert "<html" in whole.content.decode()
    assert saved.status_code == 201
    assert saved.headers["HX-Reswap"] == "none"
    assert Activity.objects.get().outcome == "NO_ANSWER"


def test_costs_as_many_queries_for_fifty_rows_as_for_three(
    cast: Cast, customer: Make, make: Make, browser: Open
) -> None:
    few, many = customer("Ít"), customer("Nhiều")
    for firm, count in ((few, 3), (many, 50)):
        for place in range(count):
            make(f"Ghi chú {place}", kind="NOTE", about=[("customers", firm)])
    client = browser("seller")
    client.get(f"/customers/{few}?kind=NOTE")
    counts = []
    for firm in (few, many):
        with CaptureQueriesContext(connection) as asked:
            page = client.get(f"/customers/{firm}?kind=NOTE")
        counts.append(len(asked))
    assert counts[0] == counts[1]
    assert len(page.content) < 60_000


def test_the_api_reads_it_by_pages(cast: Cast, customer: Make, make: Make, browser: Open) -> None:
    firm, client = customer(), browser("seller")
    for place in range(25):
        make(f"Ghi chú {place}", kind="NOTE", about=[("customers", firm)])
    at = f"/api/v1/customers/{firm}/timeline?kind=NOTE&limit=20"
    first = client.get(at).json()
    second = client.get(at, {"kind": "NOTE", "limit": 20, "after": first["next"]}).json()

    assert (len(first["items"]), len(second["items"]), second["next"]) == (20, 5, None)
    assert first["items"][0]["title"] == "Ghi chú 24"
    assert client.get(f"/api/v1/customers/{firm}/timeline?kind=x").status_code == 422
    assert client.get(f"/api/v1/customers/{firm}/timeline?after=x").status_code == 422
    assert browser("outsider").get(at).status_code == 404
