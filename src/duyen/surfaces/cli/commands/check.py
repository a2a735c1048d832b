"""duyen check"""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from duyen.foundation.database.health import Finding, Level, check_database, check_folder
from duyen.foundation.database.schema import pending_migrations
from duyen.surfaces.cli import console
from duyen.surfaces.cli.registry import Context, load

MARKS = {Level.GOOD: "ok     ", Level.WARNING: "warning", Level.BAD: "BAD    "}


def run(context: Context, _arguments: argparse.Namespace) -> int:
    """Look at folder, database and what higher bands add; 1 when something is bad."""
    findings = [*check_folder(context.folder), *check_database(context.folder), *_check_tables()]
    for name in context.registry.checks:
        added: Iterable[Finding] = load(name)()
        findings += added
    for finding in findings:
        console.say(f"{MARKS[finding.level]} {finding.line}")
    return 1 if any(finding.level is Level.BAD for finding in findings) else 0


def _check_tables() -> list[Finding]:
    pending = pending_migrations()
    if pending:
        return [Finding(Level.BAD, f"Tables: {len(pending)} migrations wait; run duyen migrate")]
    return [Finding(Level.GOOD, "Tables: up to date")]
