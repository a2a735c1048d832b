"""What the worker does with files: scan what came in, draw its pictures, sweep what has no row."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from procrastinate.contrib.django import app

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.files import previews, scanning
from duyen.foundation.files.limits import scanner
from duyen.foundation.files.models import FileVersion
from duyen.foundation.files.sweeping import sweep
from duyen.foundation.files.words import Preview, Scan
from duyen.kernel.clock import now

#: What waits longer than this was left behind by a worker that died, or met a scanner that was down.
LEFT_AFTER = dt.timedelta(minutes=2)
_AT_ONCE = 200


def look_at(version: FileVersion) -> None:
    """Leave a new content to the worker, in the transaction that writes its row: scanned, then drawn."""
    if version.scan == Scan.PENDING:
        scan_one.defer(version_id=version.pk)
    elif version.preview == Preview.WAITING:
        draw_one.defer(version_id=version.pk)


@app.task(name="files.scan")
def scan_one(*, version_id: int) -> None:
    """Let the scanner see one version, and leave its pictures to the worker where nothing was found."""
    found = scanning.scan_version(version_id)
    if found in (Scan.CLEAN, Scan.UNSCANNED):
        draw_one.defer(version_id=version_id)


@app.task(name="files.draw")
def draw_one(*, version_id: int) -> None:
    """Draw the pictures of one version."""
    previews.draw(version_id)


@app.periodic(cron="*/5 * * * *")
@app.task(name="files.take_up_left_ones", queueing_lock="files.take_up_left_ones", pass_context=False)
def take_up_left_ones(timestamp: int) -> None:
    """Scan and draw what was left behind, so that a scanner that was down delays files and loses none."""
    old = FileVersion.objects.filter(created_at__lt=now() - LEFT_AFTER)
    waiting = old.filter(scan__in=[Scan.PENDING, Scan.UNSCANNED]).order_by("pk")
    if scanner():
        for pk in waiting.values_list("pk", flat=True)[:_AT_ONCE]:
            if scanning.scan_version(pk) is Scan.UNSCANNED:
                break  # it is still down
    else:
        _let_go()
    for pk in old.filter(preview=Preview.WAITING).order_by("pk").values_list("pk", flat=True)[:_AT_ONCE]:
        previews.draw(pk)


def _let_go() -> None:
    """Say of what waits for a scanner that there is none any more; the company decides whether it opens."""
    with transaction.atomic():
        trail.begin(system_actor("files"), scanning.SCANNED)
        FileVersion.objects.filter(scan=Scan.PENDING, created_at__lt=now() - LEFT_AFTER).update(
            scan=Scan.UNSCANNED.value
        )


@app.periodic(cron="20 19 * * *")
@app.task(name="files.sweep", queueing_lock="files.sweep", pass_context=False)
def sweep_contents(timestamp: int) -> None:
    """Remove the contents that no row came to name."""
    sweep()
