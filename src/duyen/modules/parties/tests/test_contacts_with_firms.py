"""Contacts come in with the firm at which they work, are listed with it, and go out with it."""

from __future__ import annotations

import csv
import io
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from duyen.entities import standard
from duyen.entities.exporting.asking import Asked
from duyen.entities.exporting.running import take
from duyen.entities.importing import Plan, rejected_path, start_import
from duyen.entities.importing.undoing import start_undo_of_import
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.entities.sharing import share
from duyen.foundation.access.models import RoleRight
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import History
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party, Tie
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
HEADS = "Họ tên,SĐT,Khách hàng,Chức vụ,Vai trò"


@pytest.fixture
def firm(cast: Cast) -> Party:
    """A firm of the seller's, with code, tax code and phone."""
    return _firm(cast, "Công ty TNHH Hoa Sen", tax_code="0100109106", phones=["02253822822"])


def _firm(cast: Cast, name: str, who: str = "seller", **values: object) -> Party:
    given = {"name": name, "kind": "ORGANISATION", **values}
    done = standard.create(entity_named("customers"), actor=cast.actor(who), values=given)
    return Party.objects.get(pk=done.id)


@pytest.fixture
def bring_in(tmp_path: Path, cast: Cast) -> Any:
    """Bring lines in as one of the cast, by a rule."""

    def bring(*lines: str, rule: str = "create", by: str = "seller", heads: str = HEADS, **plan: Any) -> Job:
        path = tmp_path / "tệp.csv"
        path.write_text("\n".join([heads, *lines]) + "\n", encoding="utf-8")
        job = start_import(
            entity_named("contacts"),
            path,
            actor=cast.actor(by),
            plan=Plan(on_duplicate=OnDuplicate(rule), **plan),
        )
        assert work(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.problem
        return job

    return bring


def _counts(job: Job) -> tuple[int, ...]:
    return tuple(job.result[name] for name in ("imported", "updated", "unchanged", "skipped", "rejected"))


def _reasons(job: Job) -> list[str]:
    return [each["reason"] for each in job.result["told"]]


def _ties() -> list[tuple[str, str, str, str]]:
    found = Tie.objects.filter(until=None).order_by("id")
    return [(tie.party.name, tie.to_party.name, tie.job_title, tie.role) for tie in found]


def test_ties_them_to_firms_by_code_tax_code_name_and_phone(bring_in: Any, firm: Party) -> None:
    job = bring_in(
        f"Trần Thị Đào,0912345678,{firm.code.lower()},Kế toán trưởng,Ra quyết định",
        "Lê Văn Tám,0912345679,MST: 0100109106,,",
        "Phạm Thị Mơ,0912345670,công ty tnhh HOA SEN,Thủ kho,",
        "Vũ Văn Nam,0912345671,0225.3822.822,,",
        "Đỗ Thị Một Mình,0912345672,,,",
    )

    assert _counts(job) == (5, 0, 0, 0, 0)
    assert _ties() == [
        ("Trần Thị Đào", firm.name, "Kế toán trưởng", "DECISION_MAKER"),
        ("Lê Văn Tám", firm.name, "", ""),
        ("Phạm Thị Mơ", firm.name, "Thủ kho", ""),
        ("Vũ Văn Nam", firm.name, "", ""),
    ]
    told = History.objects.filter(entity="ties", root_id=firm.pk)
    assert {each.operation for each in told} == {job.arguments["operations"]["create"]}


def test_refuses_a_row_whose_firm_is_not_found_or_not_the_only_one(
    bring_in: Any, cast: Cast, firm: Party
) -> None:
    _firm(cast, "Công ty CP Sao Mai")
    second = _firm(cast, "Công ty CP Sao Mai")
    person = standard.create(
        entity_named("customers"),
        actor=cast.actor("seller"),
        values={"name": "Ngô Văn Người", "kind": "INDIVIDUAL"},
    )

    job = bring_in(
        "Một,0912345671,Công ty Không Có,,",
        "Hai,0912345672,Công ty CP Sao Mai,,",
        f"Ba,0912345673,{Party.objects.get(pk=person.id).code},,",
        "Bốn,0912345674,,Giám đốc,",
        f"Năm,0912345675,{firm.code},,Ông chủ lớn",
        f"Sáu,0912345676,{second.code},Thư ký,",
    )

    assert _counts(job) == (1, 0, 0, 0, 5)
    assert _ties() == [("Sáu", "Công ty CP Sao Mai", "Thư ký", "")]
    assert not Party.objects.filter(name__in=["Một", "Hai", "Ba", "Bốn", "Năm"]).exists()
    reasons = _reasons(job)
    assert "Công ty Không Có" in reasons[0]
    assert "2" in reasons[1]
    assert "mã" in reasons[1]
    assert "Ông chủ lớn" in reasons[4]
    rejected = list(csv.reader(rejected_path(job).read_text("utf-8-sig").splitlines()))
    assert [row[0] for row in rejected[1:]] == ["Một", "Hai", "Ba", "Bốn", "Năm"]


def test_lets_a_code_settle_what_a_name_leaves_open(bring_in: Any, cast: Cast, firm: Party) -> None:
    twins = [_firm(cast, "Công ty CP Sao Mai") for _n in range(2)]
    heads = "Họ tên,Tên công ty,Mã khách hàng"

    job = bring_in(
        f"Một,Công ty CP Sao Mai,{twins[1].code}",
        f"Hai,Công ty CP Sao Mai,{firm.code}",
        f"Ba,Tên cũ của công ty,{twins[0].code}",
        heads=heads,
    )

    assert _counts(job) == (2, 0, 0, 0, 1)
    assert list(Tie.objects.order_by("id").values_list("to_party_id", flat=True)) == [
        twins[1].pk,
        twins[0].pk,
    ]


def test_reaches_only_firms_that_one_may_change(bring_in: Any, cast: Cast, firm: Party) -> None:
    far = _firm(cast, "Công ty Ở Xa", who="outsider")
    # A teller reads and changes what her store keeps; the firm of another branch is nothing to her.
    job = bring_in(f"Một,0912345671,{far.code},,", f"Hai,0912345672,{firm.code},,", by="teller")

    assert _counts(job) == (1, 0, 0, 0, 1)
    assert _ties() == [("Hai", firm.name, "", "")]
    assert far.name not in _reasons(job)[0]

    trail.begin(cast.actor("admin"), "roles.set_rights")
    RoleRight.objects.filter(role__code="TELLER", entity="customers", verb="change").delete()
    job = bring_in(f"Ba,0912345673,{firm.code},Thủ quỹ,", by="teller")

    assert _counts(job) == (1, 0, 0, 0, 0)
    assert job.arguments["left_out"] == ["Khách hàng", "Chức vụ", "Vai trò"]
    assert len(_ties()) == 1


def test_tries_out_without_tying(bring_in: Any, firm: Party) -> None:
    job = bring_in(f"Một,0912345671,{firm.code},,", "Hai,0912345672,Không Có,,", dry_run=True)

    assert _counts(job) == (1, 0, 0, 0, 1)
    assert (Tie.objects.count(), Party.objects.count()) == (0, 1)


def test_fills_what_a_known_contact_lacks_and_changes_nothing_else(
    bring_in: Any, cast: Cast, firm: Party
) -> None:
    other = _firm(cast, "Công ty Khác")
    bring_in(
        "Trần Thị Đào,0912345671,,,",
        f"Lê Văn Tám,0912345672,{firm.code},,",
        f"Phạm Thị Mơ,0912345673,{other.code},Thư ký,",
    )
    lines = (
        f"Trần Thị Đào,0912345671,{firm.code},Kế toán,",
        f"Lê Văn Tám,0912345672,{firm.code},Thủ kho,",
        f"Phạm Thị Mơ,0912345673,{firm.code},Giám đốc,",
    )

    tried = bring_in(*lines, rule="fill", dry_run=True)
    job = bring_in(*lines, rule="fill")

    assert _counts(tried) == _counts(job) == (0, 2, 1, 0, 0)
    assert sorted(_ties()) == sorted(
        [
            ("Lê Văn Tám", firm.name, "Thủ kho", ""),
            ("Phạm Thị Mơ", "Công ty Khác", "Thư ký", ""),
            ("Trần Thị Đào", firm.name, "Kế toán", ""),
        ]
    )


def test_updates_ties_and_adds_a_further_firm(bring_in: Any, cast: Cast, firm: Party) -> None:
    other = _firm(cast, "Công ty Khác")
    bring_in(f"Trần Thị Đào,0912345671,{firm.code},Kế toán,", f"Lê Văn Tám,0912345672,{firm.code},,")

    job = bring_in(
        f"Trần Thị Đào,0912345671,{firm.code},Kế toán trưởng,",
        f"Lê Văn Tám,0912345672,{other.code},Thủ kho,",
        rule="update",
    )

    assert _counts(job) == (0, 2, 0, 0, 0)
    assert _ties() == [
        ("Trần Thị Đào", firm.name, "Kế toán trưởng", ""),
        ("Lê Văn Tám", firm.name, "", ""),
        ("Lê Văn Tám", "Công ty Khác", "Thủ kho", ""),
    ]


def test_leaves_ties_alone_where_rows_are_left_out(bring_in: Any, firm: Party) -> None:
    bring_in("Trần Thị Đào,0912345671,,,")

    job = bring_in(f"Trần Thị Đào,0912345671,{firm.code},,", rule="skip")

    assert (_counts(job), _ties()) == ((0, 0, 0, 1, 0), [])


def _undo(job: Job, cast: Cast) -> Job:
    found = start_undo_of_import(job, actor=cast.actor("seller"))
    assert work(found.pk)
    found.refresh_from_db()
    return found


def test_is_taken_back_with_its_ties(bring_in: Any, cast: Cast, firm: Party) -> None:
    bring_in("Trần Thị Đào,0912345671,,,", f"Lê Văn Tám,0912345672,{firm.code},Thủ kho,")
    job = bring_in(
        f"Trần Thị Đào,0912345671,{firm.code},Kế toán,",
        f"Lê Văn Tám,0912345672,{firm.code},Thủ quỹ,",
        f"Phạm Thị Mơ,0912345673,{firm.code},Thư ký,",
        rule="update",
    )

    undone = _undo(job, cast)

    assert (undone.state, undone.result["changed"], undone.rejected) == (JobState.DONE, 3, 0)
    assert Party.objects.get(name="Phạm Thị Mơ").deleted_at is not None
    shown = Tie.objects.filter(until=None, party__deleted_at=None)
    assert [(tie.party.name, tie.job_title) for tie in shown] == [("Lê Văn Tám", "Thủ kho")]


def test_keeps_on_undo_what_somebody_worked_on_since(bring_in: Any, cast: Cast, firm: Party) -> None:
    contacts, customers, seller = entity_named("contacts"), entity_named("customers"), cast.actor("seller")
    bring_in("Trần Thị Đào,0912345671,,,")
    job = bring_in(
        f"Trần Thị Đào,0912345671,{firm.code},Kế toán,",
        f"Lê Văn Tám,0912345672,{firm.code},,",
        "Phạm Thị Mơ,0912345673,,,",
        rule="update",
    )
    eight = Party.objects.get(name="Lê Văn Tám")
    standard.change(contacts, eight.pk, actor=seller, values={"note": "đã gọi"}, version=1)
    tie = Tie.objects.get(party__name="Trần Thị Đào")
    perform(customers, "make_main_contact", firm.pk, actor=seller, arguments={"tie": tie.pk})

    undone = _undo(job, cast)

    assert (undone.result["changed"], undone.result["unchanged"], undone.rejected) == (1, 1, 1)
    assert undone.result["reasons"] == {"changed_since": 1}
    kept = rejected_path(undone).read_text("utf-8-sig")
    assert "Lê Văn Tám" in kept
    assert "Phạm Thị Mơ" not in kept
    assert Party.objects.get(pk=eight.pk).deleted_at is None
    assert Party.objects.get(name="Phạm Thị Mơ").deleted_at is not None
    assert Tie.objects.filter(pk=tie.pk, is_main=True, until=None).exists()


def test_shows_the_firm_in_the_list_within_the_readers_rights(
    bring_in: Any, client: Client, cast: Cast, firm: Party
) -> None:
    bring_in(f"Trần Thị Đào,0912345671,{firm.code},Kế toán,", "Lê Văn Tám,0912345672,,,")
    client.force_login(cast.user("seller"))

    page = client.get("/contacts").content.decode()

    assert f'href="/customers/{firm.pk}">{firm.name}' in page
    assert "Kế toán" in page
    shown = client.get("/contacts?cols=name,contact_role,job_title").content.decode()
    assert firm.name not in shown
    assert "Kế toán" in shown
    assert firm.name in client.get("/contacts/print").content.decode()


def test_shows_no_name_of_a_firm_that_is_not_open(
    bring_in: Any, client: Client, cast: Cast, firm: Party
) -> None:
    contacts = entity_named("contacts")
    bring_in(f"Trần Thị Đào,0912345671,{firm.code},Kế toán,")
    person = Party.objects.get(name="Trần Thị Đào")
    share(contacts, person.pk, actor=cast.actor("director"), user=cast.user("outsider").pk)
    client.force_login(cast.user("outsider"))

    page = client.get("/contacts").content.decode()
    (item,) = client.get("/api/v1/contacts").json()["items"]

    assert "Trần Thị Đào" in page
    assert firm.name not in page
    assert firm.code not in page
    assert "Chưa mở cho bạn" in page
    assert item["organisation"] == {"id": firm.pk, "code": "", "label": ""}
    answer = client.get(f"/api/v1/contacts/{person.pk}").content.decode()
    assert firm.name not in answer
    assert firm.code not in answer


def test_tells_programs_of_the_firm(bring_in: Any, client: Client, cast: Cast, firm: Party) -> None:
    bring_in(f"Trần Thị Đào,0912345671,{firm.code},Kế toán,Ra quyết định", "Lê Văn Tám,0912345672,,,")
    client.force_login(cast.user("seller"))

    items = {each["name"]: each for each in client.get("/api/v1/contacts").json()["items"]}

    dao, tam = items["Trần Thị Đào"], items["Lê Văn Tám"]
    assert dao["organisation"] == {"id": firm.pk, "code": firm.code, "label": firm.name}
    assert (dao["job_title"], dao["contact_role"]) == ("Kế toán", "DECISION_MAKER")
    assert (tam["organisation"], tam["job_title"], tam["contact_role"]) == (None, "", None)


def test_goes_out_and_comes_in_again_as_it_was(
    bring_in: Any, cast: Cast, firm: Party, tmp_path: Path
) -> None:
    twins = [_firm(cast, "Công ty CP Sao Mai") for _n in range(2)]
    bring_in(
        f"Trần Thị Đào,0912345671,{firm.code},Kế toán,Ra quyết định",
        f"Lê Văn Tám,0912345672,{twins[1].code},Thủ kho,",
        "Phạm Thị Mơ,0912345673,,,",
    )
    before = sorted(_ties())
    columns = ("name", "phones", "organisation", "job_title", "contact_role")
    file, _export = take(  # type: ignore[misc] # few rows come at once
        Asked("contacts", columns=columns, purpose="Đối chiếu"), actor=cast.actor("director")
    )
    with file:
        text = file.read().decode("utf-8-sig")
    heads = next(csv.reader(io.StringIO(text)))
    assert heads == ["Tên", "Điện thoại", "Làm việc tại", "Làm việc tại: mã", "Chức danh", "Vai trò"]
    for tie in Tie.objects.all():
        trail.begin(cast.actor("admin"), "tests.clear")
        tie.delete()
    trail.begin(cast.actor("admin"), "tests.clear")
    Party.objects.filter(pk__in=Party.objects.filter(name__in=["Trần Thị Đào", "Lê Văn Tám"])).update(
        deleted_at="2026-01-01T00:00:00Z"
    )
    path = tmp_path / "ra.csv"
    path.write_text(text, encoding="utf-8")

    job = start_import(entity_named("contacts"), path, actor=cast.actor("seller"))
    assert work(job.pk)

    assert sorted(_ties()) == before
