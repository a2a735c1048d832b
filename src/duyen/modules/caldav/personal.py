"""What the sync with other calendars holds of persons: an erased entry becomes as empty there as here."""

from __future__ import annotations

from duyen.entities.personal.declared import NOBODY, STAFF, Personal, Under
from duyen.entities.personal.holding import hold
from duyen.modules.caldav.models import Account, Item, Standing

hold(Account, STAFF)
hold(Standing, NOBODY)
hold(
    Item,
    Personal(
        ties=[Under("activities", "activity_id")],
        erases={"base": {}, "ours": {}, "subject": "", "problem": ""},
        plain="place href etag uid",
    ),
)
