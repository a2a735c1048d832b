"""Everything goes out in one archive: all that one may read, and a list of what was left out."""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from pathlib import Path

import pytest
from django.db import connection, transaction
from django.test import Client

from duyen.entities import standard
from duyen.entities.attachments.writing import add_file, add_version, read_content, stored
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.exporting.everything import leave_everything, write_everything
from duyen.entities.exporting.fetching import fetch
from duyen.entities.exporting.files import file_of
from duyen.entities.fields import MASK
from duyen.entities.performing import perform
from duyen.entities.registry import all_entities, entity_named
from duyen.entities.sharing import share
from duyen.foundation.access.models import FieldRight
from duyen.foundation.access.words import READ
from duyen.foundation.audit import trail
from duyen.foundation.audit.models import OPENED, History
from duyen.foundation.files.limits import limits
from duyen.foundation.files.models import FileVersion
from duyen.foundation.files.store import store_at
from duyen.foundation.jobs.models import Job, JobState
from duyen.foundation.jobs.running import JobCancelled, work
from duyen.foundation.org.models import Role
from duyen.kernel.clock import ZONE, now
from duyen.modules.parties.models import Party, Tie
from duyen.testing.cast import Cast

#: An archive reads what is committed, through a connection of its own.
pytestmark = pytest.mark.django_db(transaction=True)
PERSONAL = "001090000011"
Tables = dict[str, list[dict[str, str]]]


@pytest.fixture
def company(cast: Cast) -> dict[str, int]:
    """A company with a contact, one in the bin, one that is shared, one far away."""
    customers, seller = entity_named("customers"), cast.actor("seller")

    def make(name: str, who: str = "seller", **values: object) -> int:
        given = {"name": name, "kind": "INDIVIDUAL", **values}
        return standard.create(customers, actor=cast.actor(who), values=given).id

    firm = make("Hoa Sen", kind="ORGANISATION")
    perform(customers, "add_contact", firm, actor=seller, arguments={"name": "Trần Thị Đào"}, version=1)
    gone = make("Đã xóa")
    standard.delete(customers, gone, actor=seller, version=1)
    person = make(
        "=An",
        tax_code=PERSONAL,
        phones=["0912345678", "0987654321"],
        addresses=[{"line": "12 Lê Lợi", "province": "Thành phố Huế"}],
    )
    share(customers, person, actor=cast.actor("director"), user=cast.user("outsider").pk)
    return {"firm": firm, "gone": gone, "person": person, "far": make("Ở xa", "outsider")}


def _tables(path: Path) -> Tables:
    with zipfile.ZipFile(path) as archive:
        return {
            each.removesuffix(".csv"): list(
                csv.DictReader(io.StringIO(archive.read(each).decode("utf-8-sig"), newline=""))
            )
            for each in archive.namelist()
            if "/" not in each
        }


def _written(cast: Cast, tmp_path: Path, who: str = "director") -> Tables:
    path = tmp_path / f"{who}.zip"
    write_everything(path, actor=cast.actor(who))
    return _tables(path)


def test_holds_every_kind_that_may_be_read_with_the_bin_and_what_hangs_on_it(
    cast: Cast, company: dict[str, int], tmp_path: Path
) -> None:
    tables = _written(cast, tmp_path)

    assert set(tables) >= {
        *(each.name for each in all_entities() if cast.actor("director").may(each.name, READ)),
        *("parties_tie", "parties_partyinrole", "shares_share"),
        *("org_position", "access_roleright", "access_fieldright", "contents", "files"),
    }
    assert not {"files_file", "files_fileversion", "org_user"} & set(tables)
    customers = {int(row["id"]): row for row in tables["customers"]}
    assert set(customers) == set(company.values())
    assert customers[company["gone"]]["deleted_at"]
    (tie,) = tables["parties_tie"]
    assert (int(tie["to_party_id"]), tie["kind"]) == (company["firm"], "WORKS_AT")
    assert [row["name"] for row in tables["contacts"]] == ["Trần Thị Đào"]
    (shared,) = tables["shares_share"]
    assert (shared["record_id"], shared["user_id"]) == (str(company["person"]), str(cast.user("outsider").pk))
    assert len(tables["users"]) == len(cast.users)
    assert all("password" not in row for row in tables["users"])


def test_writes_values_as_programs_read_them(cast: Cast, company: dict[str, int], tmp_path: Path) -> None:
    rows = {int(row["id"]): row for row in _written(cast, tmp_path)["customers"]}
    person = rows[company["person"]]

    assert (person["name"], person["kind"], person["tax_code"]) == ("'=An", "INDIVIDUAL", MASK)
    assert person["phones"] == "+84912345678;+84987654321"
    assert '"line": "12 Lê Lợi"' in person["addresses"]
    assert (person["owner"], person["version"]) == (str(cast.user("seller").pk), "1")


def test_tells_what_was_left_out(cast: Cast, company: dict[str, int], tmp_path: Path) -> None:
    role = Role.objects.get(code="DIRECTOR")
    with transaction.atomic():
        trail.begin(cast.actor("admin"), "roles.set_rights")
        FieldRight.objects.create(role=role, entity="customers", field="phones", level="hidden")

    tables = _written(cast, tmp_path)

    assert "0912345678" not in str(tables)
    assert "phones" not in tables["customers"][0]
    told = {row["Tệp"]: row for row in tables["contents"]}
    assert "Điện thoại" in told["customers.csv"]["Bỏ ra"].split(", ")
    assert told["customers.csv"]["Số dòng"] == "4"


def test_reaches_no_further_than_what_one_may_read(
    cast: Cast, company: dict[str, int], tmp_path: Path
) -> None:
    tables = _written(cast, tmp_path, "outsider")

    assert {int(row["id"]) for row in tables["customers"]} == {company["person"], company["far"]}
    assert "users" not in tables
    assert (tables["parties_tie"], tables.get("org_position")) == ([], None)
    assert "ngoài quyền của bạn" in [row["Bỏ ra"] for row in tables["contents"]]


def test_shows_one_moment_whatever_is_written_between_two_of_its_files(
    cast: Cast, company: dict[str, int], tmp_path: Path
) -> None:
    customers, seller = entity_named("customers"), cast.actor("seller")
    begun = now()
    made: list[int] = []

    def write_meanwhile(_rows: int) -> None:
        """After the first file, bring in a firm with somebody at it, and take somebody away from another."""
        if made:
            return
        values = {"name": "Công ty Vừa Mới", "kind": "ORGANISATION"}
        made.append(standard.create(customers, actor=seller, values=values).id)
        perform(customers, "add_contact", made[0], actor=seller, arguments={"name": "Lê Mới"}, version=1)
        (tie,) = Tie.objects.filter(to_party_id=company["firm"]).values_list("pk", flat=True)
        version = Party.objects.get(pk=company["firm"]).version
        perform(
            customers,
            "end_tie",
            company["firm"],
            actor=seller,
            arguments={"tie": tie, "until": None},
            version=version,
        )

    path = tmp_path / "all.zip"
    write_everything(path, actor=cast.actor("director"), tell=write_meanwhile)

    tables = _tables(path)
    parties = {row["id"] for name in ("customers", "contacts") for row in tables[name]}
    ends = {row[end] for row in tables["parties_tie"] for end in ("party_id", "to_party_id")}
    assert made
    assert str(made[0]) not in parties
    assert ends <= parties
    assert [row["until"] for row in tables["parties_tie"]] == [""]
    assert {row["party_id"] for row in tables["parties_partyinrole"]} <= parties
    with zipfile.ZipFile(path) as archive:
        moment = dt.datetime.fromisoformat(archive.comment.decode().removeprefix("Duyên, "))
        dates = {each.date_time for each in archive.infolist()}
    assert begun <= moment <= now()
    assert dates == {(*moment.astimezone(ZONE).timetuple()[:5], moment.second // 2 * 2)}
    assert str(made[0]) in {row["id"] for row in _written(cast, tmp_path)["customers"]}


def _attach(cast: Cast, record_id: int, path: Path, content: bytes, *, file_id: int | None = None) -> int:
    """Hang a text file on a customer, or let it be what a file holds from now on."""
    path.write_bytes(content)
    customers, seller = entity_named("customers"), cast.actor("seller")
    with stored(read_content(path, path.name, limits=limits())) as kept:
        if file_id is None:
            return add_file(customers, record_id, kept, actor=seller).id
        return add_version(customers, record_id, file_id, kept, actor=seller).id


def test_holds_the_files_of_records_with_their_versions(
    cast: Cast, company: dict[str, int], tmp_path: Path
) -> None:
    place = tmp_path / "Hợp đồng.txt"
    file_id = _attach(cast, company["firm"], place, "Bản một".encode())
    _attach(cast, company["firm"], place, "Bản hai".encode(), file_id=file_id)
    gone = _attach(cast, company["firm"], tmp_path / "mất.txt", b"x")
    bad = _attach(cast, company["firm"], tmp_path / "độc.txt", b"y")
    lost = FileVersion.objects.get(file_id=gone)
    store_at(lost.place).forget(lost.key)
    with transaction.atomic():
        trail.begin(cast.actor("seller"), "files.scan")
        FileVersion.objects.filter(file_id=bad).update(scan="infected", threat="EICAR")

    tables = _written(cast, tmp_path)

    first, second, third, fourth = tables["files"]
    assert (first["id"], first["version"], first["is_current"]) == (str(file_id), "1", "false")
    assert (second["name"], second["is_current"], second["record_id"]) == (
        "Hợp đồng.txt",
        "true",
        str(company["firm"]),
    )
    with zipfile.ZipFile(tmp_path / "director.zip") as archive:
        assert archive.testzip() is None
        assert archive.read(first["path"]).decode() == "Bản một"
        assert archive.read(second["path"]).decode() == "Bản hai"
        held = [each for each in archive.namelist() if each.startswith("files/")]
    assert held == [first["path"], second["path"]]
    assert (third["path"], fourth["path"]) == ("", "")
    assert all(each["left_out"] for each in (third, fourth))
    assert lost.key not in str(tables)
    assert [row["Số dòng"] for row in tables["contents"] if row["Tệp"] == "files.csv"] == ["4"]


def test_holds_no_file_of_a_record_that_is_not_open(
    cast: Cast, company: dict[str, int], tmp_path: Path
) -> None:
    _attach(cast, company["firm"], tmp_path / "riêng.txt", b"x")
    _attach(cast, company["person"], tmp_path / "chung.txt", b"y")

    tables = _written(cast, tmp_path, "outsider")

    assert [row["name"] for row in tables["files"]] == ["chung.txt"]


def test_leaves_no_connection_behind_when_it_is_stopped(
    cast: Cast, company: dict[str, int], tmp_path: Path
) -> None:
    def stop(_rows: int) -> None:
        raise JobCancelled

    with pytest.raises(JobCancelled):
        write_everything(tmp_path / "half.zip", actor=cast.actor("director"), tell=stop)

    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE usename = current_user"
            " AND state LIKE 'idle in transaction%%'"
        )
        assert cursor.fetchone() == (0,)


@pytest.mark.parametrize("who", ["seller", "manager", "admin"])
def test_needs_a_right_of_its_own(cast: Cast, client: Client, who: str) -> None:
    with pytest.raises(NotAllowed):
        leave_everything("Đổi phần mềm", actor=cast.actor(who))
    client.force_login(cast.user(who))

    assert client.get("/settings/export").status_code == 403
    assert client.post("/settings/export", {"purpose": "x"}).status_code == 403
    assert 'href="/settings/export"' not in client.get("/").content.decode()
    assert (Job.objects.count(), History.objects.filter(kind=OPENED).count()) == (0, 0)


def test_asks_what_for(cast: Cast, client: Client) -> None:
    with pytest.raises(InvalidValues):
        leave_everything(" ", actor=cast.actor("director"))
    client.force_login(cast.user("director"))

    assert client.post("/settings/export", {"purpose": ""}).status_code == 422
    assert Job.objects.count() == 0


def test_runs_as_a_job_whose_file_waits_for_whoever_asked(
    cast: Cast, client: Client, company: dict[str, int]
) -> None:
    client.force_login(cast.user("director"))
    assert 'href="/settings/export"' in client.get("/").content.decode()

    answer = client.post("/settings/export", {"purpose": "Đổi phần mềm"})

    job = Job.objects.get()
    assert answer.headers["Location"] == f"/jobs/{job.pk}"
    work(job.pk)
    job.refresh_from_db()
    assert (job.state, job.problem) == (JobState.DONE, "")
    assert file_of(job).stat().st_mode & 0o777 == 0o600
    fetched = client.get(f"/jobs/{job.pk}/file")
    content = b"".join(fetched.streaming_content)  # type: ignore[attr-defined]
    assert zipfile.ZipFile(io.BytesIO(content)).testzip() is None
    noted = [(each.verb, each.note) for each in History.objects.filter(kind=OPENED).order_by("id")]
    assert noted == [
        ("exports.begin_everything", "Đổi phần mềm"),
        ("exports.take_everything", "Đổi phần mềm"),
        ("exports.fetch_everything", "Đổi phần mềm"),
    ]
    with pytest.raises(NotFound):
        fetch(job, actor=cast.actor("admin"))
    file_of(job).unlink()
