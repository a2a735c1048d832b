"""Whether definitions and records fit, as the page of the system's health and the log of a start tell it."""

from __future__ import annotations

import logging
from collections.abc import Iterator

from django.db import DatabaseError
from django.utils.translation import gettext_lazy as _

from duyen.entities.custom.checks import check_fields
from duyen.entities.indexes.checks import check_indexes
from duyen.foundation.database.health import Level
from duyen.foundation.health.lines import Line, State, contributes_health

log = logging.getLogger("duyen.fields")


@contributes_health("fields", label=_("Fields of our own"), order=60)
def fields() -> Iterator[Line]:
    """Look at the definitions, the values of the first records, and the company's indexes."""
    faults = sum(1 for each in (*check_fields(), *check_indexes()) if each.level is not Level.GOOD)
    yield Line(
        "fields.drift",
        _("Definitions and records"),
        State.WARNING if faults else State.GOOD,
        _("%(count)s do not fit") % {"count": faults} if faults else _("all fit"),
        meaning=_(
            "Values whose field is gone or of another kind are shown to nobody; a missing index is slow."
        ),
        advice=_("Run “duyen check” on the server: it names each of them and says what to do.")
        if faults
        else "",
        facts={"faults": faults},
        url="/settings/fields",
        in_check=False,
    )


def warn_at_start() -> None:
    """Write into the log what does not fit; a start never fails by it."""
    try:
        for each in (*check_fields(), *check_indexes()):
            if each.level is not Level.GOOD:
                log.warning("%s", each.line)
    except DatabaseError:  # the tables may be older than the code
        log.exception("definitions and records could not be compared")
