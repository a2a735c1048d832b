"""duyen export"""

from __future__ import annotations

import argparse
import csv
import zipfile
from pathlib import Path

import pytest

from duyen.entities import standard
from duyen.entities.errors import BadRequest, InvalidValues, NotAllowed, NotFound
from duyen.entities.registry import entity_named
from duyen.foundation.audit.models import OPENED, History
from duyen.foundation.database.paths import DataFolder
from duyen.kernel.errors import DomainError
from duyen.surfaces.cli.builtin import add_builtin_commands
from duyen.surfaces.cli.commands import export
from duyen.surfaces.cli.errors import BadFilter, FileThere, NothingNamed
from duyen.surfaces.cli.registry import Context, Registry
from duyen.testing.cast import Cast

pytestmark = pytest.mark.django_db


def run(*words: str, act_as: str = "director@example.com") -> int:
    """Run the command as its arguments are read."""
    known = Registry()
    add_builtin_commands(known)
    parser = argparse.ArgumentParser()
    known.commands["export"].configure(parser)
    return export.run(Context(DataFolder.locate(), known, act_as=act_as), parser.parse_args(words))


@pytest.fixture
def place(cast: Cast, tmp_path: Path) -> Path:
    """A place for the file, and two customers."""
    for name in ("An", "Bình"):
        values = {"name": name, "kind": "INDIVIDUAL"}
        standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values)
    return tmp_path / "khách hàng.csv"


@pytest.mark.parametrize("act_as", ["director@example.com", ""])
def test_writes_what_may_be_exported_and_says_how_much(
    place: Path, capsys: pytest.CaptureFixture[str], act_as: str
) -> None:
    code = run(
        *(
            "customers",
            "--output",
            str(place),
            "--purpose",
            "Đối chiếu",
            "--columns",
            "name",
            "--sort=-name",
        ),
        act_as=act_as,
    )

    assert code == 0
    assert capsys.readouterr().out.splitlines()[-1] == f"exported=2 file={place}"
    with place.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [["Tên"], ["Bình"], ["An"]]
    assert place.stat().st_mode & 0o777 == 0o600
    noted = History.objects.filter(kind=OPENED).latest("id")
    assert noted.changes is not None
    assert (noted.verb, noted.note, noted.changes["entries"]) == ("exports.take", "Đối chiếu", 2)


def test_writes_a_workbook_and_what_a_filter_shows(place: Path) -> None:
    filtered = '{"and": [["name", "eq", "An"]]}'
    target = place.with_suffix(".xlsx")

    run("customers", "--output", str(target), "--purpose", "x", "--format", "xlsx", "--filter", filtered)

    assert target.read_bytes().startswith(b"PK")
    assert (History.objects.latest("id").changes or {})["entries"] == 1


@pytest.mark.parametrize(
    ("words", "act_as", "refusal"),
    [
        (["customers", "--purpose", "x"], "seller@example.com", NotAllowed),
        (["dragons", "--purpose", "x"], "director@example.com", NotFound),
        (["customers", "--purpose", " "], "director@example.com", InvalidValues),
        (["customers", "--purpose", "x", "--filter", "{"], "director@example.com", BadFilter),
        (["customers", "--purpose", "x", "--columns", "shoe_size"], "director@example.com", BadRequest),
    ],
)
def test_refuses_and_writes_nothing(
    place: Path, words: list[str], act_as: str, refusal: type[DomainError]
) -> None:
    with pytest.raises(refusal):
        run(*words, "--output", str(place), act_as=act_as)

    assert not place.exists()
    assert not History.objects.filter(kind=OPENED).exists()


@pytest.mark.django_db(transaction=True)
def test_carries_everything_out_as_the_system_with_the_personal_numbers(
    cast: Cast, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    values = {"name": "An", "kind": "INDIVIDUAL", "tax_code": "001090000011"}
    standard.create(entity_named("customers"), actor=cast.actor("seller"), values=values)
    place = tmp_path / "all.zip"

    assert run("--all", "--purpose", "Đổi phần mềm", "--output", str(place), act_as="") == 0

    with zipfile.ZipFile(place) as archive:
        assert "001090000011" in archive.read("customers.csv").decode()
    assert capsys.readouterr().out.splitlines()[-1].endswith(f" file={place}")
    noted = History.objects.filter(kind=OPENED).latest("id")
    assert (noted.verb, noted.note, noted.actor_name) == ("exports.take_everything", "Đổi phần mềm", "export")


def test_wants_to_know_what_to_export(cast: Cast) -> None:
    with pytest.raises(NothingNamed):
        run("--purpose", "x")


def test_overwrites_no_file(place: Path) -> None:
    place.write_text("mine")

    with pytest.raises(FileThere):
        run("customers", "--purpose", "x", "--output", str(place))

    assert place.read_text() == "mine"
