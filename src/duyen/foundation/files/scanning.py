"""Let the scanner see each version before anybody opens it, and say what came of it."""

from __future__ import annotations

import logging

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.foundation.files.clamd import ScannerDown, scan
from duyen.foundation.files.limits import scanner
from duyen.foundation.files.models import File, FileVersion
from duyen.foundation.files.store import Missing, Unreachable, store_at
from duyen.foundation.files.words import Scan
from duyen.foundation.notices.kinds import SYSTEM, NoticeKind, declare
from duyen.foundation.notices.telling import notify
from duyen.foundation.org.administrators import administrators
from duyen.kernel.clock import now

SCANNED = "files.scan_file"
INFECTED = "files.infected"
log = logging.getLogger("duyen.files")

declare(
    NoticeKind(
        INFECTED,
        SYSTEM,
        "shield-alert",
        one=_("A virus was found in a file of %(record)s: %(threat)s. Nobody can open it; delete it."),
        many=_("Viruses were found in %(count)s files. Nobody can open them; delete them."),
        closed=_("A virus was found in a file of a record that is closed to you. Nobody can open it."),
        tone="red",
    )
)


def scan_version(version_id: int) -> Scan | None:
    """Let the scanner see one version that waits for it, and keep what it says; nothing where none waits."""
    waiting = FileVersion.objects.filter(pk=version_id, scan__in=[Scan.PENDING, Scan.UNSCANNED])
    version = waiting.order_by("pk").first()
    if version is None:
        return None
    try:
        threat = scan(store_at(version.place).read(version.key), scanner())
    except (ScannerDown, Missing, Unreachable) as error:
        log.warning("Files: version %s could not be scanned: %s", version_id, error)
        _keep(version, Scan.UNSCANNED)
        return Scan.UNSCANNED
    found = Scan.INFECTED if threat else Scan.CLEAN
    _keep(version, found, threat)
    return found


def _keep(version: FileVersion, found: Scan, threat: str = "") -> None:
    with transaction.atomic():
        trail.begin(system_actor("files"), SCANNED, note=version.name if threat else "")
        # A restored version names the same content.
        same = FileVersion.objects.filter(key=version.key, scan__in=[Scan.PENDING, Scan.UNSCANNED])
        same.update(scan=found.value, threat=threat, scanned_at=now())
        if found is Scan.INFECTED:
            _tell(version, threat)


def _tell(version: FileVersion, threat: str) -> None:
    """Tell whoever sent the file, and the administrators."""
    file = File.objects.get(pk=version.file_id)
    people = administrators() | ({version.created_by_id} if version.created_by_id else set())
    notify(people, INFECTED, entity=file.entity, record_id=file.record_id, threat=threat)
