"""What a reader calls a part of the system that acted where no person did."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields import Label

#: By the name under which a part writes into the trail. An export of the trail keeps the name itself.
_WORDS: Mapping[str, Label] = {
    "Completeness": _("Completeness"),
    "Demo": _("Demo company"),
    "Fields": _("Fields of our own"),
    "Formulas": _("Formulas"),
    "Leads": _("Watch over leads"),
    "Lists of choices": _("Lists of choices"),
    "Mail": _("Arriving mail"),
    "Recurring activities": _("Recurring activities"),
    "Reminders": _("Reminders"),
    "Retention": _("Data retention"),
    "Task sets": _("Sets of tasks"),
    "background work": _("Background work"),
    "approvals": _("Approvals"),
    "addresses": _("Conversion of addresses"),
    "assignments": _("Assignment rules"),
    "export": _("Export"),
    "files": _("Files"),
    "handovers": _("Handovers of leads"),
    "import": _("Import"),
    "invitations": _("Invitations"),
    "mail_intake": _("Forwarded mail"),
    "password reset": _("Forgotten passwords"),
    "refusals": _("Refusals of advertising"),
    "restore": _("Restore of a backup"),
    "scoring": _("Scoring of leads"),
    "seeding": _("Duyên, with what it brings"),
    "setup": _("First set-up"),
    "subject_requests": _("Data requests"),
    "web_forms": _("Web forms"),
    "webhooks": _("Webhooks"),
}


def called(actor_name: str, actor_id: int | None) -> str:
    """Give a person's name as it was kept, a part of the system in the reader's language."""
    if actor_id is not None or actor_name not in _WORDS:
        return actor_name
    return str(_WORDS[actor_name])
