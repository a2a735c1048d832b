"""Words of leads by mail."""

from __future__ import annotations

#: Where mailboxes for leads are set up, and where mails wait for a person.
SETTINGS, WAITING = "/settings/lead-mailboxes", "/mails/leads"
