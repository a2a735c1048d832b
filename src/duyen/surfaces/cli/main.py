"""Read the command line, make ready what the command needs, and run it."""

from __future__ import annotations

import argparse
import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import django
import psycopg
from django.db import OperationalError, connections

from duyen import __version__
from duyen.foundation.database.connection import external_url
from duyen.foundation.database.embedded import EmbeddedServer
from duyen.foundation.database.paths import DataFolder
from duyen.kernel.errors import DomainError
from duyen.surfaces.cli import console
from duyen.surfaces.cli.errors import NoInstallation
from duyen.surfaces.cli.registry import Command, Context, Needs, Registry, load

REFUSED = 2
INTERRUPTED = 130


def run_command_line(words: Sequence[str], registry: Registry) -> int:
    """Run one command and return its exit code: 0 done, 1 failed or found something, 2 refused."""
    arguments = _parser(registry).parse_args(words)
    command = registry.commands[arguments.command]
    if arguments.data:
        # The processes that a command starts find the same folder.
        os.environ["DUYEN_DATA"] = arguments.data
    try:
        context = Context(DataFolder.locate(), registry, act_as=arguments.act_as)
        with _ready(command, context.folder):
            return _run(command, context, arguments)
    except DomainError as refusal:
        console.refuse(str(refusal))
        return getattr(refusal, "exit_code", REFUSED)
    except (psycopg.OperationalError, OperationalError) as error:
        console.refuse(f"The database gave up: {str(error).strip().splitlines()[0]}")
        return REFUSED
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        # Whoever read our words has gone (`duyen check | head`); closing stdout must not complain again.
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return 1
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        console.refuse(
            f"The disk is full ({error.filename or 'no file named'}). Free some space and start again."
        )
        return REFUSED


def _run(command: Command, context: Context, arguments: argparse.Namespace) -> int:
    """Run a command; a fault that nobody foresaw is kept while the database is still up, then raised on."""
    try:
        code: int = load(command.run)(context, arguments)
    except (DomainError, OSError, psycopg.OperationalError, OperationalError):
        raise
    except Exception as error:
        if command.needs is Needs.DJANGO:
            keep: Any = load("duyen.foundation.troubles.keeping:keep_from_command")
            report = keep(error, command.name)
            if report:
                console.refuse(f"Something broke in Duyên. The report of it has the number {report}.")
        raise
    return code


def _parser(registry: Registry) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="duyen", description="Duyên, a customer-relationship system.")
    parser.add_argument("--version", action="version", version=f"Duyên {__version__}")
    parser.add_argument(
        "--data", metavar="DIR", default="", help="the data folder (else DUYEN_DATA, else var/)"
    )
    parser.add_argument("--as", dest="act_as", metavar="EMAIL", default="", help="act as this user")
    words = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for command in sorted(registry.commands.values(), key=lambda known: known.name):
        if command.is_hidden:
            own = words.add_parser(command.name, description=command.help)
        else:
            own = words.add_parser(command.name, description=command.help, help=command.help)
        command.configure(own)
        _take_everywhere(own)
    return parser


def _take_everywhere(parser: argparse.ArgumentParser) -> None:
    """Take folder and user also behind a command and its step; absent, the ones before it stay."""
    known = {word for each in parser._actions for word in each.option_strings}
    for word, place, shown in (("--data", "data", "DIR"), ("--as", "act_as", "EMAIL")):
        if word not in known:
            parser.add_argument(
                word, dest=place, metavar=shown, default=argparse.SUPPRESS, help=argparse.SUPPRESS
            )
    for each in parser._actions:
        if isinstance(each, argparse._SubParsersAction):
            for step in each.choices.values():
                _take_everywhere(step)


@contextmanager
def _ready(command: Command, folder: DataFolder) -> Iterator[None]:
    """Bring up what the command stands on, and take it down again when nobody else uses it."""
    if command.needs is Needs.FOLDER:
        yield
        return
    if not external_url() and not (folder.cluster / "PG_VERSION").exists():
        raise NoInstallation(folder=folder.asked)
    if command.as_owner:
        os.environ["DUYEN_DB_ROLE"] = "owner"
    with _database(folder):
        if command.needs is Needs.DJANGO:
            set_up_django()
        try:
            yield
        finally:
            if command.needs is Needs.DJANGO:
                connections.close_all()


@contextmanager
def _database(folder: DataFolder) -> Iterator[None]:
    if external_url():
        yield
        return
    with EmbeddedServer(folder):
        yield


def set_up_django() -> None:
    """Load the settings and the apps for this process."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duyen.config.settings")
    django.setup()
