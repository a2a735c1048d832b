"""duyen check [--mend] [--seal NUMBER:DIGEST] [--restore-test]"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Iterator, Sequence

from django.utils import translation

from duyen.foundation.audit.checks import check_seals
from duyen.foundation.audit.sealing import Known, read_known
from duyen.foundation.database.backup import last_backup
from duyen.foundation.database.health import Finding, Level, check_database, check_folder
from duyen.foundation.database.restore import try_backup
from duyen.foundation.database.schema import pending_migrations
from duyen.foundation.health.lines import State, look_at_all
from duyen.surfaces.cli import console
from duyen.surfaces.cli.registry import Context, load

MARKS = {Level.GOOD: "ok     ", Level.WARNING: "warning", Level.BAD: "BAD    "}


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Look at folder, database, trail and what higher bands add; 1 when something is bad."""
    known = read_known(arguments.seal)
    findings = [*check_folder(context.folder), *check_database(context.folder)]
    if arguments.restore_test:
        findings.append(_try_last_backup(context))
    pending = pending_migrations()
    if pending:
        findings.append(Finding(Level.BAD, f"Tables: {len(pending)} migrations wait; run duyen migrate"))
    else:
        findings += _check_what_stands(context, known, mends=arguments.mend)
    for finding in findings:
        console.say(f"{MARKS[finding.level]} {finding.line}")
    return 1 if any(finding.level is Level.BAD for finding in findings) else 0


def _check_what_stands(context: Context, known: Sequence[Known], *, mends: bool) -> list[Finding]:
    """Look at what is in the tables; while they are not what this version expects, nobody can."""
    findings = [Finding(Level.GOOD, "Tables: up to date")]
    for name in context.registry.mends if mends else ():
        load(name)()
    for name in context.registry.checks:
        added: Iterable[Finding] = load(name)()
        findings += added
    return [*findings, *check_seals(known), *_check_health()]


_LEVELS = {State.BAD: Level.BAD, State.WARNING: Level.WARNING}


def _check_health() -> Iterator[Finding]:
    """Say what the parts of the installation add to the page of its health, in the console's language."""
    with translation.override("en"):
        for group in look_at_all():
            for line in (each for each in group.lines if each.in_check):
                advice = f". {line.advice}" if str(line.advice) else ""
                told = f"{group.label}, {line.label}: {line.told}{advice}"
                level = _LEVELS.get(line.state, Level.GOOD)
                is_mild = level is Level.BAD and line.needs_running
                yield Finding(Level.WARNING if is_mild else level, told)


def _try_last_backup(context: Context) -> Finding:
    """Load the last nightly backup beside, compare, and throw the copy away."""
    last = last_backup(context.folder)
    if last is None or not last.file:
        return Finding(Level.BAD, "Restore test: there is no nightly backup to try")
    console.tell_progress(f"Loading {last.file} beside …")
    tried = try_backup(context.folder, context.folder.backups / last.file)
    if not tried.is_good:
        return Finding(Level.BAD, f"Restore test: {tried.file} cannot be restored: {tried.reason}")
    return Finding(Level.GOOD, f"Restore test: {tried.file} was loaded beside and is whole")
