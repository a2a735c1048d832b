"""duyen check [--seal NUMBER:DIGEST]"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence

from duyen.foundation.audit.checks import check_seals
from duyen.foundation.audit.sealing import Known, read_known
from duyen.foundation.database.health import Finding, Level, check_database, check_folder
from duyen.foundation.database.schema import pending_migrations
from duyen.surfaces.cli import console
from duyen.surfaces.cli.registry import Context, load

MARKS = {Level.GOOD: "ok     ", Level.WARNING: "warning", Level.BAD: "BAD    "}


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Look at folder, database, trail and what higher bands add; 1 when something is bad."""
    known = read_known(arguments.seal)
    findings = [*check_folder(context.folder), *check_database(context.folder)]
    pending = pending_migrations()
    if pending:
        findings.append(Finding(Level.BAD, f"Tables: {len(pending)} migrations wait; run duyen migrate"))
    else:
        findings += _check_what_stands(context, known)
    for finding in findings:
        console.say(f"{MARKS[finding.level]} {finding.line}")
    return 1 if any(finding.level is Level.BAD for finding in findings) else 0


def _check_what_stands(context: Context, known: Sequence[Known]) -> list[Finding]:
    """Look at what is in the tables; while they are not what this version expects, nobody can."""
    findings = [Finding(Level.GOOD, "Tables: up to date")]
    for name in context.registry.checks:
        added: Iterable[Finding] = load(name)()
        findings += added
    return [*findings, *check_seals(known)]
