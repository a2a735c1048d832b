"""What the cells of a file say: choices in words, dates, yes and no, several values, links by name."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest

from duyen.entities.entity import Entity
from duyen.entities.importing import Keeping, Plan, rejected_path, start_import
from duyen.entities.importing.cells import LineReader
from duyen.entities.importing.targets import targets_of
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def _values(entity: Entity, actor: Actor, **cells: str) -> dict[str, object]:
    line = LineReader(entity, list(cells), targets_of(entity, actor)).read(list(cells.values()))
    assert not line.problems
    return line.values


def _bring_in(entity: Entity, tmp_path: Path, actor: Actor, text: str, plan: Plan | None = None) -> Job:
    path = tmp_path / "tệp.csv"
    path.write_text(text, encoding="utf-8")
    job = start_import(entity, path, actor=actor, plan=plan)
    assert work(job.pk)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        *(("person", "INDIVIDUAL"), (" Company ", "ORGANISATION"), ("Cá nhân", "INDIVIDUAL")),
        *(("to chuc", "ORGANISATION"), ("HOUSEHOLD", "HOUSEHOLD"), ("Hộ kinh doanh", "HOUSEHOLD_BUSINESS")),
        *(("Doanh nghiệp", "ORGANISATION"), ("Public body", "PUBLIC_BODY")),
    ],
)
def test_reads_a_choice_by_code_word_or_habit(cast: Cast, customers: Entity, word: str, kind: str) -> None:
    assert _values(customers, cast.actor("seller"), name="Trà", kind=word)["kind"] == kind


@pytest.mark.parametrize(
    ("name", "tax_code", "kind"),
    [
        ("Trần Thị Đào", "", "INDIVIDUAL"),
        ("Cty TNHH 1TV Phú Quý", "", "ORGANISATION"),
        ("Hộ kinh doanh Bảy Lúa", "", "HOUSEHOLD_BUSINESS"),
        ("UBND xã Vĩnh Lộc", "", "PUBLIC_BODY"),
        ("Thép Miền Tây", "0100233488", "ORGANISATION"),
    ],
)
def test_works_out_the_kind_that_a_file_does_not_tell(
    cast: Cast, customers: Entity, name: str, tax_code: str, kind: str
) -> None:
    values = _values(customers, cast.actor("seller"), name=name, tax_code=tax_code)
    assert customers.presume is not None
    customers.presume(values)

    assert values["kind"] == kind


def test_keeps_an_unknown_source_in_its_own_words(cast: Cast, customers: Entity) -> None:
    values = _values(customers, cast.actor("seller"), name="Trà", source="shopee")

    assert (values["source"], values["source_detail"]) == ("OTHER", "shopee")


def test_puts_several_columns_and_cells_of_several_values_together(cast: Cast, customers: Entity) -> None:
    actor = cast.actor("seller")
    columns = ["name.given", "name.family", "name.middle", "phones", "phones", "addresses.line"]
    columns += ["addresses.province", "addresses.line", "tags"]
    cells = [
        "Đào",
        "Trần",
        "Thị",
        "0912 345 678 / 0987 654 321",
        "0900000001",
        "1 Lê Lợi",
        "Huế",
    ]
    cells += ["2 Hàm Nghi", "vip; thân thiết"]

    line = LineReader(customers, columns, targets_of(customers, actor)).read(cells)

    assert line.values["name"] == "Trần Thị Đào"
    assert line.values["phones"] == ["0912 345 678", "0987 654 321", "0900000001"]
    assert line.values["addresses"] == [{"line": "1 Lê Lợi", "province": "Huế"}, {"line": "2 Hàm Nghi"}]
    assert line.values["tags"] == ["vip", "thân thiết"]


@pytest.mark.parametrize("written", ["05/01/1990", "1990-01-05", "32878", "5/1/90"])
def test_reads_days_as_people_programs_and_spreadsheets_write_them(
    cast: Cast, customers: Entity, tmp_path: Path, written: str
) -> None:
    _bring_in(customers, tmp_path, cast.actor("seller"), f"Tên,Ngày sinh\nTrà,{written}\n")

    assert Party.objects.get().born_on == dt.date(1990, 1, 5)


def test_reads_yes_and_no(cast: Cast, customers: Entity, tmp_path: Path) -> None:
    text = "Tên,Khách hàng trọng điểm\nA,có\nB,x\nC,không\nD,1\nE,no\nF,có lẽ\n"
    plan = Plan(mapping={"Khách hàng trọng điểm": "is_key_account"})

    job = _bring_in(customers, tmp_path, cast.actor("seller"), text, plan)

    found = dict(Party.objects.values_list("name", "is_key_account"))
    assert found == {"A": True, "B": True, "C": False, "D": True, "E": False}
    assert "“có” hoặc “không”" in rejected_path(job).read_text("utf-8-sig")


def test_names_the_choices_in_the_words_of_the_screen(cast: Cast, customers: Entity, tmp_path: Path) -> None:
    job = _bring_in(customers, tmp_path, cast.actor("seller"), "Tên,Loại\nTrà,robot\n")

    told = rejected_path(job).read_text("utf-8-sig")
    assert "“robot”" in told
    assert "Cá nhân" in told
    assert "INDIVIDUAL" not in told


def test_finds_owner_and_unit_by_code_name_and_email(cast: Cast, customers: Entity, tmp_path: Path) -> None:
    seller, teller = cast.users["seller"], cast.users["teller"]
    text = (
        "Tên,Người phụ trách,Đơn vị\n"
        f"Bằng thư,{seller.email.upper()},HP1\n"
        f"Bằng tên,{teller.full_name},{cast.unit('HP2').name}\n"
        "Không ai,Người Không Có,HP1\n"
    )

    job = _bring_in(customers, tmp_path, cast.actor("director"), text)

    found = {each.name: (each.owner_id, each.unit.code) for each in Party.objects.select_related("unit")}
    assert found == {"Bằng thư": (seller.pk, "HP1"), "Bằng tên": (teller.pk, "HP2")}
    assert job.rejected == 1
    assert "“Người Không Có”" in rejected_path(job).read_text("utf-8-sig")


def test_does_not_choose_between_two_of_one_name(cast: Cast, customers: Entity, tmp_path: Path) -> None:
    from django.db import transaction

    from duyen.foundation.audit import trail
    from duyen.foundation.org.models import User

    with transaction.atomic():
        trail.begin(system_actor("tests"), "users.change")
        User.objects.filter(pk=cast.users["teller"].pk).update(full_name=cast.users["seller"].full_name)
    text = f"Tên,Người phụ trách\nTrà,{cast.users['seller'].full_name}\n"

    job = _bring_in(customers, tmp_path, cast.actor("director"), text)

    assert (Party.objects.count(), job.rejected) == (0, 1)
    assert "2 bản ghi" in rejected_path(job).read_text("utf-8-sig")


def test_asks_the_same_number_of_questions_for_few_links_and_many(
    cast: Cast, customers: Entity, tmp_path: Path
) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    counts = []
    for size in (25, 30, 90):
        lines = [f"Khách {size} {n},seller@example.com,HP1" for n in range(size)]
        with CaptureQueriesContext(connection) as caught:
            _bring_in(
                customers, tmp_path, cast.actor("director"), "\n".join(["Tên,Người phụ trách,Đơn vị", *lines])
            )
        counts.append(len(caught))

    assert counts[1] == counts[2]


def test_fills_empty_cells_with_what_was_said_for_all_rows(
    cast: Cast, customers: Entity, tmp_path: Path
) -> None:
    plan = Plan(given={"source": "Zalo", "kind": "Tổ chức"})

    _bring_in(customers, tmp_path, cast.actor("seller"), "Tên,Loại\nA,\nB,cá nhân\n", plan)

    found = {each.name: (each.kind, each.source) for each in Party.objects.all()}
    assert found == {"A": ("ORGANISATION", "ZALO"), "B": ("INDIVIDUAL", "ZALO")}


def test_opens_records_with_the_life_that_lies_behind_them(
    cast: Cast, customers: Entity, tmp_path: Path
) -> None:
    text = (
        "Tên,Ngày lập,Quan hệ,relationship_since\n"
        "Cũ,01/03/2024,phat trien,2025-06-02\n"
        "Mới,,,\n"
        "Mai sau,31/12/2099,,\n"
        "Lạ,,Bay lên trời,\n"
    )
    actor = system_actor("tests", door=Door.IMPORT)
    plan = Plan(
        keeping=Keeping(unit=cast.unit("HP1").pk),
        mapping={"Quan hệ": "@state", "Ngày lập": "@made_at", "relationship_since": "@since"},
    )

    job = _bring_in(customers, tmp_path, actor, text, plan)

    assert (job.state, job.rejected) == (JobState.DONE, 2)
    old = Party.objects.get(name="Cũ")
    assert old.created_at == dt.datetime(2024, 2, 29, 17, tzinfo=dt.UTC)
    assert (old.relationship_state, old.relationship_since) == (
        "DEVELOPING", dt.datetime(2025, 6, 1, 17, tzinfo=dt.UTC),
    )  # fmt: skip
    assert Party.objects.get(name="Mới").relationship_state == "ATTRACTING"
