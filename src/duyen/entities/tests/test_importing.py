"""A file of records comes in: what is refused, what survives a kill, whose rights count."""

from __future__ import annotations

import csv
import gzip
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest
from django.db import connection, connections

from duyen.entities import importing, standard
from duyen.entities.csv_files import WrongHeads
from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed
from duyen.entities.importing import Keeping, rejected_path, running, start_import
from duyen.entities.tables import FileUnreadable
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.audit.models import History
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import Run, stop, work
from duyen.foundation.jobs.tasks import work_on
from duyen.modules.parties.models import Party, PartyInRole
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db
HEADS = "name,kind,phone,tax_code,source"
Write = Callable[..., Path]


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """Write a file of lines under the heads of the customers' file."""

    def write_file(
        *lines: str, name: str = "khách hàng.csv", heads: str = HEADS, encoding: str = "utf-8"
    ) -> Path:
        text = "\n".join([heads, *lines]) + "\n"
        path = tmp_path / name
        if name.endswith(".gz"):
            path.write_bytes(gzip.compress(text.encode(encoding)))
        else:
            path.write_text(text, encoding=encoding)
        return path

    return write_file


def _bring_in(entity: Entity, path: Path, actor: Actor, **keeping: int) -> Job:
    job = start_import(entity, path, actor=actor, keeping=Keeping(**keeping))
    assert work(job.pk)
    job.refresh_from_db()
    return job


def _rejected(job: Job) -> list[list[str]]:
    with rejected_path(job).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file))


def _people(count: int, start: int = 0) -> list[str]:
    return [f"Khách {number},person,09{12000000 + number}," for number in range(start, start + count)]


def _importer(cast: Cast, who: str = "seller") -> Actor:
    return cast.actor(who, Door.IMPORT)


@pytest.mark.parametrize(
    ("name", "encoding"),
    [("a.csv", "utf-8"), ("a.csv", "utf-8-sig"), ("a.csv.gz", "utf-8"), ("a.csv.gz", "utf-8-sig")],
)
def test_reads_plain_and_packed_files_with_and_without_a_mark(
    cast: Cast, customers: Entity, write: Write, name: str, encoding: str
) -> None:
    path = write("Trần Thị Đào,person,0912 345 678,,shopee", name=name, encoding=encoding)

    job = _bring_in(customers, path, _importer(cast))

    made = Party.objects.get()
    assert (made.name, made.phones, made.source, made.source_detail) == (
        "Trần Thị Đào", ["+84912345678"], "OTHER", "shopee",
    )  # fmt: skip
    assert (made.owner_id, made.unit_id, made.source_channel) == (
        cast.users["seller"].pk, cast.unit("HP1").pk, "import",
    )  # fmt: skip
    assert (job.state, job.done, job.total, job.rejected) == (JobState.DONE, 1, 1, 0)
    assert (job.result["imported"], job.result["updated"], job.result["rejected"]) == (1, 0, 0)


def test_takes_semicolons_between_cells(cast: Cast, customers: Entity, write: Write) -> None:
    _bring_in(customers, write("Trà;person", heads="name;kind"), _importer(cast))

    assert Party.objects.get().name == "Trà"


def test_refuses_bad_rows_with_a_reason_and_takes_the_good_ones(
    cast: Cast, customers: Entity, write: Write
) -> None:
    path = write(
        "Tốt,person,0912345678,,web",
        "Số sai,person,123,,web",
        "Mã sai,company,,0100233480,web",
        ",person,0912345679,,web",
        "Loại lạ,robot,,,web",
        "Thiếu ô,person",
        "Cũng tốt,company,,0100233488,web",
    )

    job = _bring_in(customers, path, _importer(cast))

    assert list(Party.objects.order_by("pk").values_list("name", flat=True)) == ["Tốt", "Cũng tốt"]
    assert (job.state, job.done, job.rejected) == (JobState.DONE, 7, 5)
    heads, *rows = _rejected(job)
    assert heads == [*HEADS.split(","), "Lý do bị từ chối"]
    assert [row[0] for row in rows] == ["Số sai", "Mã sai", "", "Loại lạ", "Thiếu ô"]
    assert {len(row) for row in rows} == {6}
    fields = ["Điện thoại: ", "Mã số thuế: ", "Tên: ", "Loại: ", "Dòng này có 2 ô"]
    assert all(row[-1].startswith(field) for row, field in zip(rows, fields, strict=True))
    assert rejected_path(job).stat().st_mode & 0o777 == 0o600


def test_reads_the_heads_of_fields_for_an_entity_without_a_file_of_its_own(cast: Cast, write: Write) -> None:
    from duyen.entities.registry import entity_named

    path = write("Trà,0912345678; 0987654321,khách quen", heads="name,phones,note")

    _bring_in(entity_named("contacts"), path, _importer(cast))

    made = Party.objects.get()
    assert (made.phones, made.note, made.role_mask) == (["+84912345678", "+84987654321"], "khách quen", 2)


@pytest.mark.parametrize(
    ("content", "refusal"),
    [
        (b"", FileUnreadable),
        ("name,kind\nTrà,person\n".encode() + "Đào,person\n".encode("cp1258"), FileUnreadable),
        (b'name,kind\n"An,person\n', FileUnreadable),
        (b"name,name,kind\nAn,An,person\n", FileUnreadable),
        (b"kind,phone\nperson,0912345678\n", WrongHeads),
        (b"colour,shoe_size\nred,43\n", WrongHeads),
    ],
)
def test_refuses_a_file_that_cannot_be_read_and_brings_nothing_in(
    cast: Cast, customers: Entity, tmp_path: Path, content: bytes, refusal: type[Exception]
) -> None:
    path = tmp_path / "tệp.csv"
    path.write_bytes(content)

    with pytest.raises(refusal):
        start_import(customers, path, actor=_importer(cast), keeping=Keeping())

    assert (Party.objects.count(), Job.objects.count()) == (0, 0)


def test_refuses_a_packed_file_that_is_cut_short(cast: Cast, customers: Entity, write: Write) -> None:
    path = write(*_people(500), name="a.csv.gz")
    path.write_bytes(path.read_bytes()[:-200])

    with pytest.raises(FileUnreadable):
        start_import(customers, path, actor=_importer(cast), keeping=Keeping())

    assert (Party.objects.count(), Job.objects.count()) == (0, 0)


def test_needs_the_right_to_create(cast: Cast, customers: Entity, write: Write) -> None:
    with pytest.raises(NotAllowed):
        start_import(
            customers, write("Trà,person,,,"), actor=_importer(cast, "care_agent"), keeping=Keeping()
        )

    assert (Party.objects.count(), Job.objects.count()) == (0, 0)


def test_refuses_rows_for_a_unit_outside_the_importers_rights(
    cast: Cast, customers: Entity, write: Write
) -> None:
    outside = {"owner": cast.users["outsider"].pk, "unit": cast.unit("HD1").pk}

    job = _bring_in(customers, write("Trà,person,,,"), _importer(cast), **outside)

    assert (Party.objects.count(), job.rejected, job.state) == (0, 1, JobState.DONE)


def test_gives_the_records_to_whom_the_importer_names(cast: Cast, customers: Entity, write: Write) -> None:
    there = {"owner": cast.users["outsider"].pk, "unit": cast.unit("HD1").pk}

    _bring_in(customers, write("Trà,person,,,"), _importer(cast, "director"), **there)

    made = Party.objects.get()
    assert (made.owner_id, made.unit_id) == (there["owner"], there["unit"])
    assert made.created_by_id == cast.users["director"].pk
    assert History.objects.get(record_id=made.pk, entity="parties").door == "import"


def test_stops_when_the_importer_is_locked_on_the_way(cast: Cast, customers: Entity, write: Write) -> None:
    job = start_import(customers, write("Trà,person,,,"), actor=_importer(cast), keeping=Keeping())
    _alter(cast.users["seller"].pk, is_active=False)

    work(job.pk)

    job.refresh_from_db()
    assert job.state == JobState.FAILED
    assert "không còn được đăng nhập" in job.problem
    assert Party.objects.count() == 0


def _alter(user_id: int, **columns: object) -> None:
    from django.db import transaction

    from duyen.foundation.audit import trail
    from duyen.foundation.org.models import User

    with transaction.atomic():
        trail.begin(system_actor("tests"), "users.change")
        User.objects.filter(pk=user_id).update(**columns)


def test_goes_on_behind_the_last_finished_chunk(
    cast: Cast, customers: Entity, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK", 10)
    lines = _people(35)
    lines[3], lines[17] = "Sai,person,123,", "Cũng sai,person,456,"
    path = write(*lines, heads="name,kind,phone,tax_code")
    job = start_import(customers, path, actor=_importer(cast), keeping=Keeping())
    real = standard.create_read
    calls: list[int] = []

    def breaks(entity: Entity, read: standard.ReadSet, **told: Any) -> object:
        """Write the second chunk and die before it is finished."""
        beside = told["beside"]

        def die(made: Sequence[standard.Made]) -> None:
            beside(made)
            if len(calls) == 2:
                raise KeyboardInterrupt

        calls.append(1)
        return real(entity, read, **{**told, "beside": die})

    monkeypatch.setattr(standard, "create_read", breaks)
    with pytest.raises(KeyboardInterrupt):
        work(job.pk)
    job.refresh_from_db()
    broken_off = (job.state, job.done, job.rejected, Party.objects.count())
    monkeypatch.setattr(standard, "create_read", real)

    again = start_import(customers, path, actor=_importer(cast), keeping=Keeping())
    work(again.pk)

    assert broken_off == (JobState.FAILED, 10, 1, 9)
    assert again.pk == job.pk
    again.refresh_from_db()
    assert (again.state, again.done, again.rejected) == (JobState.DONE, 35, 2)
    assert sorted(Party.objects.values_list("name", flat=True)) == sorted(
        line.split(",")[0] for line in lines if "ai," not in line
    )
    assert [row[0] for row in _rejected(again)] == ["name", "Sai", "Cũng sai"]


@pytest.mark.parametrize(("language", "head"), [("vi", "Lý do bị từ chối"), ("en", "Reason refused")])
def test_takes_corrected_rows_back_from_the_file_of_refused_ones(
    cast: Cast, customers: Entity, write: Write, tmp_path: Path, language: str, head: str
) -> None:
    _alter(cast.users["seller"].pk, language=language)
    first = _bring_in(customers, write("An,person,123,,web", "Bình,person,456,,web"), _importer(cast))
    corrected = tmp_path / "sửa.csv"
    corrected.write_text(
        rejected_path(first).read_text(encoding="utf-8-sig").replace("123", "0912345678"), "utf-8"
    )

    second = _bring_in(customers, corrected, _importer(cast))

    assert Party.objects.get().name == "An"
    heads, *rows = _rejected(second)
    assert heads == [*HEADS.split(","), head]
    assert [(row[0], len(row)) for row in rows] == [("Bình", 6)]


def test_starts_anew_when_a_finished_file_comes_again(cast: Cast, customers: Entity, write: Write) -> None:
    path = write("Trà,person,,,")

    first, second = (_bring_in(customers, path, _importer(cast)) for _time in range(2))

    assert first.pk != second.pk
    assert Party.objects.count() == 2


def test_keeps_no_copy_of_a_finished_file(cast: Cast, customers: Entity, write: Write) -> None:
    job = _bring_in(customers, write("Trà,person,,,"), _importer(cast))

    left = [path.name for path in DataFolder.locate().imports.glob(f"{job.pk}*")]
    assert left == [f"{job.pk}-rejected.csv"]


@pytest.mark.slow
@pytest.mark.django_db(transaction=True)
def test_neither_doubles_nor_loses_a_row_when_its_process_is_killed(
    cast: Cast, customers: Entity, write: Write
) -> None:
    lines = _people(7000)
    lines[10], lines[4500] = "Sai,person,123,", "Cũng sai,person,456,"
    path = write(*lines, heads="name,kind,phone,tax_code")
    command = [sys.executable, "-m", "duyen", "import", "customers", str(path), "--as", "seller@example.com"]
    source = str(Path(importing.__file__).parents[3])
    environ = {**os.environ, "PYTHONPATH": source, "DJANGO_SETTINGS_MODULE": "duyen.config.settings"}

    killed = subprocess.Popen(command, env=environ, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not Job.objects.filter(done__gte=2000).exists() and time.monotonic() < deadline:
        time.sleep(0.01)
    killed.send_signal(signal.SIGKILL)
    killed.wait()
    done = Job.objects.get().done
    ended = subprocess.run(command, env=environ, capture_output=True, text=True, check=False, timeout=120)

    assert 2000 <= done < 7000
    assert ended.returncode == 0
    job = Job.objects.get()
    last = ended.stdout.splitlines()[-1]
    assert last == f"imported=6998 updated=0 rejected=2 file={rejected_path(job)}"
    assert Party.objects.count() == PartyInRole.objects.count() == 6998
    assert Party.objects.values("name").distinct().count() == 6998
    assert [row[0] for row in _rejected(job)] == ["name", "Sai", "Cũng sai"]


def test_is_known_to_a_process_that_only_works_on_jobs() -> None:
    told = (
        "import django; django.setup()\n"
        "from duyen.foundation.jobs import running\n"
        "assert 'import' in running._kinds"
    )
    environ = {**os.environ, "PYTHONPATH": str(Path(importing.__file__).parents[3])}

    ended = subprocess.run([sys.executable, "-c", told], env=environ, check=False)

    assert ended.returncode == 0


def test_leaves_no_connection_behind_when_the_thread_that_reads_ahead_ends() -> None:
    def ask() -> Any:
        connection.ensure_connection()
        return connections["default"]

    with running.ReadingThread(max_workers=1) as ahead:
        used = ahead.submit(ask).result()
        assert used.connection is not None

    assert used.connection is None
    assert connection.connection is not None


def test_is_finished_by_the_worker_when_its_process_died(cast: Cast, customers: Entity, write: Write) -> None:
    job = start_import(customers, write("Trà,person,,,"), actor=_importer(cast), keeping=Keeping())

    work_on.func(job_id=job.pk)

    job.refresh_from_db()
    assert (job.state, Party.objects.count()) == (JobState.DONE, 1)


def test_goes_on_after_it_was_stopped_and_doubles_nothing(
    cast: Cast, customers: Entity, write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "CHUNK", 10)
    path = write(*_people(35), heads="name,kind,phone,tax_code")
    job = start_import(customers, path, actor=_importer(cast), keeping=Keeping())
    real = Run.save

    def stop_after_two(run: Run, **columns: Any) -> None:
        if columns["done"] == 20:
            stop(job)
        real(run, **columns)

    monkeypatch.setattr(Run, "save", stop_after_two)
    work(job.pk)
    monkeypatch.setattr(Run, "save", real)
    job.refresh_from_db()
    stopped = (job.state, job.done, Party.objects.count())

    again = start_import(customers, path, actor=_importer(cast), keeping=Keeping())
    work(again.pk)

    again.refresh_from_db()
    assert stopped == (JobState.CANCELLED, 10, 10)
    assert (again.pk, again.state, again.done) == (job.pk, JobState.DONE, 35)
    assert Party.objects.count() == Party.objects.values("name").distinct().count() == 35
