"""The command line: what it reads, and how it ends."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from duyen.foundation.database.errors import Refused
from duyen.surfaces.cli.builtin import add_builtin_commands
from duyen.surfaces.cli.main import run_command_line
from duyen.surfaces.cli.registry import Command, Context, Needs, Registry

seen: list[tuple[str, str]] = []


def remember(context: Context, _arguments: argparse.Namespace) -> int:
    seen.append((context.folder.asked.name, context.act_as))
    return 3


def refuse(_context: Context, _arguments: argparse.Namespace) -> int:
    raise Refused("No: %(reason)s.", reason="not today")


def lose_the_database(_context: Context, _arguments: argparse.Namespace) -> int:
    raise psycopg.OperationalError("server closed the connection\nmore words")


def fill_the_disk(_context: Context, _arguments: argparse.Namespace) -> int:
    raise OSError(28, "No space left on device", "/data/x")


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Callable[..., int]:
    monkeypatch.setenv("DUYEN_DATA", "/from-environment")
    seen.clear()
    known = Registry()
    for function in (remember, refuse, lose_the_database, fill_the_disk):
        name = function.__name__.replace("_", "-")
        known.add(Command(name, "A test.", f"{__name__}:{function.__name__}", needs=Needs.FOLDER))
    return lambda *words: run_command_line(words, known)


def test_ends_with_the_commands_own_code(run: Callable[..., int]) -> None:
    assert run("remember") == 3
    assert seen == [("from-environment", "")]


@pytest.mark.parametrize("words", [("--data", "given", "remember"), ("remember", "--data", "given")])
def test_takes_the_data_folder_before_and_after_the_command(
    run: Callable[..., int], words: tuple[str, ...]
) -> None:
    run(*words)

    assert seen == [("given", "")]


def test_takes_folder_and_user_behind_a_step(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DUYEN_DATA", "/from-environment")
    seen.clear()
    known = Registry()

    def steps(parser: argparse.ArgumentParser) -> None:
        parser.add_subparsers(dest="step", required=True).add_parser("list")

    known.add(Command("thing", "A test.", f"{__name__}:remember", steps, Needs.FOLDER))

    run_command_line(("thing", "list", "--data", "given", "--as", "ha@example.com"), known)

    assert seen == [("given", "ha@example.com")]


def test_acts_as_the_named_user(run: Callable[..., int]) -> None:
    run("--as", "lan@example.com", "remember")

    assert seen == [("from-environment", "lan@example.com")]


@pytest.mark.parametrize(
    ("command", "line"),
    [
        ("refuse", "duyen: No: not today.\n"),
        ("lose-the-database", "duyen: The database gave up: server closed the connection\n"),
        ("fill-the-disk", "duyen: The disk is full (/data/x). Free some space and start again.\n"),
    ],
)
def test_says_an_expected_failure_in_one_line_and_ends_with_2(
    run: Callable[..., int], capsys: pytest.CaptureFixture[str], command: str, line: str
) -> None:
    assert run(command) == 2
    assert capsys.readouterr().err == line


def test_refuses_two_commands_of_one_name() -> None:
    known = Registry()
    add_builtin_commands(known)

    with pytest.raises(ValueError, match="serve"):
        known.add(Command("serve", "", ""))


def test_refuses_a_folder_without_an_installation(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("DATABASE_URL", raising=False)
    monkeypatch.setenv("DUYEN_DATA", str(tmp_path / "none"))
    known = Registry()
    add_builtin_commands(known)

    assert run_command_line(["check"], known) == 2
    assert "Start one with ./run" in capsys.readouterr().err
    assert not (tmp_path / "none").exists()
