"""duyen import"""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from duyen.entities.csv_files import WrongHeads
from duyen.entities.importing import rejected_path
from duyen.foundation.audit.models import History
from duyen.foundation.database.paths import DataFolder
from duyen.foundation.jobs.models import Job
from duyen.foundation.jobs.running import Run
from duyen.modules.parties.models import Party
from duyen.surfaces.cli.builtin import add_builtin_commands
from duyen.surfaces.cli.commands import import_file
from duyen.surfaces.cli.errors import NoSuchEntity, NoSuchFile, NoSuchUnit, NoSuchUser, NoUnitYet
from duyen.surfaces.cli.registry import Context, Registry
from duyen.testing.cast import Cast


def run(*words: str, act_as: str = "") -> int:
    """Run the command as its arguments are read."""
    known = Registry()
    add_builtin_commands(known)
    parser = argparse.ArgumentParser()
    known.commands["import"].configure(parser)
    return import_file.run(Context(DataFolder.locate(), known, act_as=act_as), parser.parse_args(words))


@pytest.fixture
def path(tmp_path: Path) -> Path:
    found = tmp_path / "khách hàng.csv"
    found.write_text("name,kind,phone\nTrà,person,0912345678\nSai,person,123\n", encoding="utf-8")
    return found


def test_says_in_its_last_line_what_came_in(
    cast: Cast, path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code = run("customers", str(path), act_as="Seller@example.com")

    assert code == 0
    last = capsys.readouterr().out.splitlines()[-1]
    assert last == f"imported=1 updated=0 rejected=1 file={rejected_path(Job.objects.get())}"
    assert Party.objects.get().owner_id == cast.users["seller"].pk


def test_lets_the_system_bring_records_in_for_the_head_office(cast: Cast, path: Path) -> None:
    assert run("customers", str(path)) == 0

    made = Party.objects.get()
    assert (made.owner_id, made.unit_id) == (None, cast.unit("HO").pk)
    entry = History.objects.get(record_id=made.pk, entity="parties")
    assert (entry.actor_name, entry.door) == ("import", "import")


def test_gives_the_records_to_the_owner_and_unit_named(cast: Cast, path: Path) -> None:
    assert run("customers", str(path), "--owner", "outsider@example.com", "--unit", "HD1") == 0

    made = Party.objects.get()
    assert (made.owner_id, made.unit_id) == (cast.users["outsider"].pk, cast.unit("HD1").pk)


@pytest.mark.parametrize(
    ("words", "refusal"),
    [
        (["dragons", "{path}"], NoSuchEntity),
        (["customers", "{path}.missing"], NoSuchFile),
        (["customers", "{folder}"], NoSuchFile),
        (["customers", "{path}", "--owner", "nobody@example.com"], NoSuchUser),
        (["customers", "{path}", "--unit", "XX"], NoSuchUnit),
    ],
)
def test_refuses_what_it_does_not_know(
    cast: Cast, path: Path, words: list[str], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal) as raised:
        run(*(word.format(path=path, folder=path.parent) for word in words))

    assert getattr(raised.value, "exit_code", 2) == 2
    assert (Party.objects.count(), Job.objects.count()) == (0, 0)


def test_refuses_unknown_heads(cast: Cast, path: Path) -> None:
    path.write_text("colour,kind,shoe_size\nTrà,person,38\n", encoding="utf-8")

    with pytest.raises(WrongHeads):
        run("customers", str(path))

    assert (Party.objects.count(), Job.objects.count()) == (0, 0)


@pytest.mark.django_db
def test_refuses_an_installation_that_is_not_set_up(path: Path) -> None:
    with pytest.raises(NoUnitYet):
        run("customers", str(path))

    assert Job.objects.count() == 0


def test_ends_with_1_when_it_is_broken_off_and_goes_on_afterwards(
    cast: Cast, path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    real = Run.save

    def interrupt(_self: Run, **_columns: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(Run, "save", interrupt)
    broken_off = run("customers", str(path), act_as="seller@example.com")
    nothing = Party.objects.count()
    monkeypatch.setattr(Run, "save", real)

    ended = run("customers", str(path), act_as="seller@example.com")

    assert (broken_off, nothing, ended) == (1, 0, 0)
    assert Job.objects.count() == Party.objects.count() == 1
    assert capsys.readouterr().out.splitlines()[0].startswith("imported=0 updated=0 rejected=0 file=")
