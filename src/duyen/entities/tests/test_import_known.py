"""A file that holds the codes which records have here finds them again: within rights, and by every rule."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.importing import Plan, rejected_path, running, start_import
from duyen.entities.importing.undoing import start_undo_of_import
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.registry import entity_named
from duyen.entities.tests.conftest import MakeCustomer
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import work
from duyen.modules.parties.models import Party
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


@pytest.fixture
def bring_in(tmp_path: Path, cast: Cast) -> Any:
    """Bring a file in as one of the cast, by a rule."""

    def bring(
        *lines: str, rule: str = "update", by: str = "seller", to: str = "customers", **plan: Any
    ) -> Job:
        path = tmp_path / "tệp.csv"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        asked = Plan(on_duplicate=OnDuplicate(rule), **plan)
        job = start_import(entity_named(to), path, actor=cast.actor(by), plan=asked)
        assert work(job.pk)
        job.refresh_from_db()
        assert job.state == JobState.DONE, job.problem
        return job

    return bring


def _counts(job: Job) -> tuple[int, ...]:
    return tuple(job.result[name] for name in ("imported", "updated", "unchanged", "skipped", "rejected"))


def _refused(job: Job) -> str:
    return rejected_path(job).read_text("utf-8-sig")


@pytest.mark.parametrize(
    ("rule", "counts", "held"),
    [
        ("skip", (0, 0, 0, 1, 0), ("Đào", "cũ", [])),
        ("fill", (0, 1, 0, 0, 0), ("Đào", "cũ", ["+84912345678"])),
        ("update", (0, 1, 0, 0, 0), ("Trần Thị Đào", "mới", ["+84912345678"])),
    ],
)
def test_finds_a_customer_by_code_where_nothing_else_is_alike(
    bring_in: Any, make_customer: MakeCustomer, rule: str, counts: tuple[int, ...], held: tuple[object, ...]
) -> None:
    there = Party.objects.get(pk=make_customer("Đào", note="cũ"))
    lines = ["Mã,Tên,SĐT,Ghi chú", f"{there.code.lower()},Trần Thị Đào,0912345678,mới"]

    tried = bring_in(*lines, rule=rule, dry_run=True)
    there.refresh_from_db()
    assert there.version == 1
    job = bring_in(*lines, rule=rule)

    there.refresh_from_db()
    assert _counts(tried) == _counts(job) == counts
    assert (there.name, there.note, there.phones) == held
    again = bring_in(*lines, rule=rule)
    assert _counts(again) == ((0, 0, 0, 1, 0) if rule == "skip" else (0, 0, 1, 0, 0))
    assert Party.objects.count() == 1


def test_takes_changes_by_code_back(bring_in: Any, make_customer: MakeCustomer, cast: Cast) -> None:
    there = Party.objects.get(pk=make_customer("Đào", note="cũ"))
    job = bring_in("Mã,Ghi chú", f"{there.code},mới")
    there.refresh_from_db()
    assert there.note == "mới"

    assert work(start_undo_of_import(job, actor=cast.actor("seller")).pk)

    there.refresh_from_db()
    assert (there.note, there.deleted_at) == ("cũ", None)


def test_follows_the_code_before_what_is_alike(bring_in: Any, make_customer: MakeCustomer) -> None:
    meant = Party.objects.get(pk=make_customer("Đào"))
    alike = Party.objects.get(pk=make_customer("Lê Văn Tám", phones=["0912345678"]))

    job = bring_in("Mã,Tên,SĐT", f"{meant.code},Lê Văn Tám,0912345678")

    meant.refresh_from_db()
    alike.refresh_from_db()
    assert _counts(job) == (0, 1, 0, 0, 0)
    assert (meant.name, alike.version) == ("Lê Văn Tám", 1)


@pytest.mark.parametrize("rule", ["skip", "fill", "update"])
def test_refuses_a_code_that_no_record_has(bring_in: Any, make_customer: MakeCustomer, rule: str) -> None:
    code = Party.objects.get(pk=make_customer("Đào")).code
    unknown = code[:-1] + ("8" if code[-1] != "8" else "7")

    job = bring_in("Mã,Tên", f"{unknown},Mới", ",Không mã", f"{code},Đào", rule=rule)

    assert (job.result["imported"], job.rejected, Party.objects.count()) == (1, 1, 2)
    assert unknown in _refused(job)
    assert job.result["reasons"] == {"Mã không có": 1}


def test_leaves_codes_of_another_system_out(bring_in: Any, make_customer: MakeCustomer) -> None:
    job = bring_in("Mã,Tên,SĐT", "0001,Trần Thị Đào,0912345678", "0002,Lê Văn Tám,0987654321")

    assert _counts(job) == (2, 0, 0, 0, 0)
    assert job.arguments["left_out"] == ["Mã"]


def test_makes_another_one_where_that_is_wanted(bring_in: Any, make_customer: MakeCustomer) -> None:
    there = Party.objects.get(pk=make_customer("Đào"))

    job = bring_in("Mã,Tên", f"{there.code},Đào", rule="create")

    assert _counts(job) == (1, 0, 0, 0, 0)
    assert Party.objects.values("code").distinct().count() == 2


@pytest.mark.parametrize("rule", ["skip", "fill", "update"])
def test_tells_of_a_code_outside_ones_rights_only_that_it_is_there(
    bring_in: Any, make_customer: MakeCustomer, cast: Cast, rule: str
) -> None:
    hidden = Party.objects.get(pk=make_customer("Trần Thị Kín", by="outsider", note="bí mật"))

    job = bring_in("Mã,Tên,Ghi chú", f"{hidden.code},Ai Đó,mới", rule=rule)

    told = _refused(job)
    assert _counts(job) == (0, 0, 0, 0, 1)
    assert cast.users["outsider"].full_name in told
    assert "Kín" not in told
    assert "bí mật" not in told
    assert Party.objects.count() == 1
    hidden.refresh_from_db()
    assert (hidden.version, hidden.note) == (1, "bí mật")


@pytest.mark.parametrize("chunk", [2_000, 1])
def test_lets_each_row_of_one_code_have_its_say(
    bring_in: Any, make_customer: MakeCustomer, monkeypatch: pytest.MonkeyPatch, chunk: int
) -> None:
    monkeypatch.setattr(running, "CHUNK", chunk)
    there = Party.objects.get(pk=make_customer("Đào"))

    job = bring_in("Mã,Ghi chú", f"{there.code},một", f"{there.code},hai")

    there.refresh_from_db()
    assert (_counts(job), there.note) == ((0, 2, 0, 0, 0), "hai")


def test_does_not_lead_to_a_hidden_code(
    customers: Entity, cast: Cast, make_customer: MakeCustomer, bring_in: Any
) -> None:
    from duyen.entities.importing.targets import targets_of
    from duyen.foundation.access.models import FieldRight
    from duyen.foundation.access.words import FieldLevel
    from duyen.foundation.audit import trail
    from duyen.foundation.org.models import Role

    assert "code" in targets_of(customers, cast.actor("seller"))
    role = Role.objects.get(code="SALES_REP")
    trail.begin(cast.actor("admin"), "roles.change")
    FieldRight.objects.create(role=role, entity="customers", field="code", level=FieldLevel.HIDDEN)

    assert "code" not in targets_of(customers, cast.actor("seller"))


def test_knows_records_of_every_kind_with_a_code(bring_in: Any, cast: Cast) -> None:
    campaigns = entity_named("campaigns")
    made = standard.create(campaigns, actor=cast.actor("director"), values={"name": "Mùa hè"})
    row = campaigns.rows(cast.actor("director")).get(pk=made.id)

    job = bring_in("Mã,Tên", f"{row.code},Mùa hè xanh", to="campaigns", by="director")

    row.refresh_from_db()
    assert (_counts(job), row.name) == ((0, 1, 0, 0, 0), "Mùa hè xanh")
