"""What the page of health tells of files: their store, and the scanner."""

from __future__ import annotations

from collections.abc import Iterator

from django.utils.translation import gettext_lazy as _

from duyen.foundation.files.clamd import ScannerDown, ping
from duyen.foundation.files.limits import scanner
from duyen.foundation.files.models import FileVersion
from duyen.foundation.files.store import Unreachable, store_at
from duyen.foundation.files.store.choosing import place_for_new
from duyen.foundation.files.words import Place, Scan
from duyen.foundation.health.lines import Line, State, contributes_health


@contributes_health("files", label=_("Files"), order=45)
def files() -> Iterator[Line]:
    """Tell where new files go, and whether the scanner sees them."""
    yield _store(place_for_new())
    yield _scanner(scanner())


def _store(place: Place) -> Line:
    told = _("the data folder") if place is Place.DISK else _("a bucket (S3)")
    try:
        next(iter(store_at(place).held()), None)
        state = State.GOOD
    except Unreachable:
        state = State.BAD
    advice = _("It cannot be reached. Check DUYEN_S3_BUCKET, its neighbours and the network.")
    return Line(
        "files.store",
        _("Store of new files"),
        state,
        told,
        meaning=_("Without it nobody adds files to records, and those in it do not open."),
        advice="" if state is State.GOOD else advice,
        facts={"place": place.value, "is_reachable": state is State.GOOD},
    )


def _scanner(address: str) -> Line:
    label, meaning = _("Virus scanner"), _("It sees each file before anybody opens it.")
    if not address:
        return Line(
            "files.scanner", label, State.NOTE, _("not set up"), meaning, _("Set DUYEN_CLAMD to use one."),
            {"is_configured": False},
        )  # fmt: skip
    waiting = FileVersion.objects.filter(scan__in=[Scan.PENDING, Scan.UNSCANNED]).count()
    facts = {"is_configured": True, "waiting": waiting}
    told = _("%(count)s files wait for it") % {"count": waiting}
    try:
        ping(address)
    except ScannerDown:
        advice = _("It does not answer. Start clamd, or correct DUYEN_CLAMD; what waits is then scanned.")
        return Line("files.scanner", label, State.BAD, told, meaning, advice, facts)
    return Line("files.scanner", label, State.GOOD, told, meaning, facts=facts)
