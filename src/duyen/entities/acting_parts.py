"""What a reader calls a part of the system that acted where no person did."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields import Label

#: By the name under which a part writes into the trail. An export of the trail keeps the name itself.
_WORDS: Mapping[str, Label] = {
    "Completeness": _("Completeness"),
    "Lists of choices": _("Lists of choices"),
    "background work": _("Background work"),
    "approvals": _("Approvals"),
    "addresses": _("Conversion of addresses"),
    "export": _("Export"),
    "files": _("Files"),
    "import": _("Import"),
    "invitations": _("Invitations"),
    "password reset": _("Forgotten passwords"),
    "seeding": _("Duyên, with what it brings"),
    "setup": _("First set-up"),
    "webhooks": _("Webhooks"),
}


def called(actor_name: str, actor_id: int | None) -> str:
    """Give a person's name as it was kept, a part of the system in the reader's language."""
    if actor_id is not None or actor_name not in _WORDS:
        return actor_name
    return str(_WORDS[actor_name])
