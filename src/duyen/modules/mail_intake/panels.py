"""The mail by which a lead came, whole, on the lead's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from duyen.foundation.access.actor import Actor
from duyen.modules.leads.panels import sees
from duyen.modules.mail_intake import queries
from duyen.modules.messaging import queries as mails
from duyen.modules.messaging import tabs

_MOST = 1


def mail(actor: Actor, row: Mapping[str, Any]) -> Mapping[str, Any]:
    """Show the mail of which a lead was made; nothing for whoever may not see what was given."""
    if not sees(actor, "raw", "name", "phones", "emails", "need"):
        return {}
    found = mails.taken_of(queries.party_of(row["id"]), most=_MOST)
    if not found:
        return {}
    box = found[0].mailbox
    return {
        "mail": tabs.shown(found[0]),
        "files": tabs.shown_files(found[0], None),
        "box": box.address if box is not None else "",
    }
