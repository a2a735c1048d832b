"""duyen prepare: what must be done between the database's start and the first page."""

from __future__ import annotations

import argparse
import fcntl
import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import connections

from duyen.foundation.database.connection import database_settings
from duyen.foundation.database.paths import CHECKOUT, DataFolder
from duyen.foundation.database.upgrade import migrate_safely
from duyen.surfaces.cli import console
from duyen.surfaces.cli.errors import DemoOnCompany
from duyen.surfaces.cli.fingerprint import checkout_fingerprint
from duyen.surfaces.cli.main import set_up_django
from duyen.surfaces.cli.registry import Context, FirstRun, SignIn

#: What pages need besides the code, in the order of making.
BUILD_STEPS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("build_assets", {}),
    ("collectstatic", {"interactive": False}),
)


@dataclass(frozen=True)
class Prepared:
    """What the start must know to greet whoever started it."""

    kind: str = "empty"
    sign_ins: list[SignIn] = field(default_factory=list)


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Migrate as the owner, build what pages need, and fill the demo where it was asked for."""
    os.environ["DUYEN_DB_ROLE"] = "owner"
    set_up_django()
    migrate_safely(context.folder, console.tell_progress)
    context.registry.run_after_migrate()
    _attempt("compile_messages")
    if not arguments.built:
        _build()
    _become_app()
    first_run = context.registry.load_first_run()
    prepared = _first_run(context.folder, first_run, wants_demo=arguments.demo) if first_run else Prepared()
    remembered = replace(context.folder.installation(), kind=prepared.kind, prepared=checkout_fingerprint())
    context.folder.remember(remembered)
    console.say(json.dumps(asdict(prepared)))
    return 0


def _first_run(folder: DataFolder, first_run: FirstRun, *, wants_demo: bool) -> Prepared:
    state = first_run.state()
    if wants_demo and state == "company":
        raise DemoOnCompany(folder=folder.asked)
    if wants_demo and state == "empty":
        console.tell_progress("Filling the demo company …")
        first_run.load_demo(password=folder.demo_password(), say=console.tell_progress)
        state = first_run.state()
    sign_ins = list(first_run.demo_sign_ins()) if state == "demo" else []
    return Prepared(state, sign_ins)


def _become_app() -> None:
    """Go on with the rights that pages and jobs have."""
    connections.close_all()
    os.environ["DUYEN_DB_ROLE"] = "app"
    connections.settings["default"].update(database_settings())


def _build() -> None:
    """Make icons, font and the files that are served."""
    with _building_alone():
        for name, options in BUILD_STEPS:
            _attempt(name, **options)


def _attempt(name: str, **options: Any) -> None:
    """Run one step that pages can do without, so a failure only warns."""
    try:
        call_command(name, verbosity=0, **options)
    except Exception as error:  # noqa: BLE001 - the edge to other people's build steps
        console.warn(f"{name} failed ({error}); the pages may look plain")


@contextmanager
def _building_alone() -> Iterator[None]:
    """Let one process at a time write into build/, which all data folders of a checkout share."""
    build = Path(getattr(settings, "BUILD_DIR", CHECKOUT / "build"))
    try:
        build.mkdir(exist_ok=True)
        (build / "assets").mkdir(exist_ok=True)
        descriptor = os.open(build / ".lock", os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        console.warn(f"{build} cannot be written ({error.strerror}); what was built before is used")
        yield
        return
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)
