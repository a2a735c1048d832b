"""What activities hold of persons, and what an erasure makes of that."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.personal.declared import NOBODY, STAFF, Behind, Personal, Told
from duyen.entities.personal.holding import Said, hold, hold_all
from duyen.kernel.clock import now
from duyen.modules.activities.models import (
    About,
    Activity,
    CalendarFeed,
    CalendarUid,
    LastContact,
    Series,
)
from duyen.modules.activities.repeating import in_words

_SUBJECT = _("[erased]")
#: What people write into an activity.
_WORDS = {"body": "", "result": "", "next_step": "", "place": ""}


def _without_guests(participants: Any) -> Any:
    """Keep who took part by record; guests are there by name."""
    return [each for each in participants or () if each.get("entity")]


def _template(held: Any) -> Any:
    kept = {name: value for name, value in (held or {}).items() if name not in _WORDS}
    return {**kept, "subject": str(_SUBJECT), "participants": _without_guests(kept.get("participants"))}


def _subject(held: Any) -> str:
    return str(held.get("subject") or "")


def _ended(held: Any) -> Any:
    return held or now().isoformat()


ACTIVITY = Personal(
    ties=[Told(About, "activity_id", "party_id")],
    erases={"subject": _SUBJECT, "participants": _without_guests, **_WORDS},
    plain="kind priority direction outcome about",
)
# Else the series would go on making activities with her in them.
hold(
    Series,
    Personal(
        ties=[Behind(Activity, "series_id")],
        erases={"template": _template, "ended_at": _ended, "end_reason": ""},
        plain="rule column",
    ),
    _("Series"),
    tells={
        "template": Said(_("Subject"), _subject),
        "rule": Said(_("How often"), in_words),
        "starts_at": _("From"),
        "ended_at": _("Ended at"),
        "end_reason": _("Why it ended"),
    },
)
hold_all(NOBODY, About, LastContact, CalendarUid)
hold(CalendarFeed, STAFF)
