"""What the command line offers. Higher bands add commands, checks and the first run; nothing here names them.

Everything is given by its dotted name ("package.module:function") and imported when it is used, so that
`duyen --help` is quick and nothing touches Django before it is set up.
"""

from __future__ import annotations

import argparse
import importlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Any, Protocol

from duyen.foundation.database.health import Finding
from duyen.foundation.database.paths import DataFolder


class Needs(Enum):
    """What must be ready before a command runs."""

    FOLDER = "folder"
    DATABASE = "database"
    DJANGO = "django"


@dataclass(frozen=True)
class Command:
    """One word of the command line.

    `run` names a function `(context, arguments) -> exit code`; `configure` adds its arguments.
    `as_owner` lets it sign in as the owner of the tables; `is_hidden` keeps it out of the help.
    """

    name: str
    help: str
    run: str
    configure: Callable[[argparse.ArgumentParser], None] = lambda _parser: None
    needs: Needs = Needs.DJANGO
    as_owner: bool = False
    is_hidden: bool = False


@dataclass(frozen=True)
class SignIn:
    """Someone who can sign in to the demo: name, e-mail and what she is there."""

    name: str
    email: str
    role: str


class FirstRun(Protocol):
    """What a start must know about the installation; a higher band brings it as a module."""

    def state(self) -> str:
        """Tell whose data this is: "empty", "demo" or "company"."""

    def load_demo(self, *, password: str, say: Callable[[str], None]) -> None:
        """Fill an empty installation with the demo company."""

    def demo_sign_ins(self) -> Sequence[SignIn]:
        """List who can sign in to the demo, the one to begin with first."""


@dataclass
class Registry:
    """The commands, checks and hooks that are known."""

    commands: dict[str, Command] = field(default_factory=dict)
    checks: list[str] = field(default_factory=list)
    mends: list[str] = field(default_factory=list)
    after_migrate: list[str] = field(default_factory=list)
    first_run: str = ""

    def add(self, command: Command) -> None:
        """Offer a command; raises ValueError when its name is taken."""
        if command.name in self.commands:
            raise ValueError(f"two commands are called {command.name}")
        self.commands[command.name] = command

    def add_check(self, name: str) -> None:
        """Let `duyen check` also call this function `() -> Iterable[Finding]`, by its dotted name."""
        self.checks.append(name)

    def add_mend(self, name: str) -> None:
        """Let `duyen check --mend` first call this function `() -> None`, by its dotted name."""
        self.mends.append(name)

    def add_after_migrate(self, name: str) -> None:
        """Let each migration end with this function `() -> None`, by its dotted name; it may be repeated."""
        self.after_migrate.append(name)

    def run_after_migrate(self) -> None:
        """Call what higher bands have to do once the tables are up to date."""
        for name in self.after_migrate:
            load(name)()

    def set_first_run(self, module: str) -> None:
        """Name the module that plays `FirstRun`."""
        self.first_run = module

    def load_first_run(self) -> FirstRun | None:
        """Import the first run; nothing when no higher band brings one."""
        if not self.first_run:
            return None
        module: Any = importlib.import_module(self.first_run)
        return module  # type: ignore[no-any-return]  # a module plays the protocol; mypy cannot see which


@dataclass(frozen=True)
class Context:
    """What every command is told: data folder, what is registered, and as whom to act (else the system)."""

    folder: DataFolder
    registry: Registry
    act_as: str = ""


def load(name: str) -> Callable[..., Any]:
    """Import a function by its dotted name."""
    module, _, function = name.partition(":")
    found: Callable[..., Any] = getattr(importlib.import_module(module), function)
    return found


__all__ = ["Command", "Context", "Finding", "FirstRun", "Needs", "Registry", "SignIn", "load"]
