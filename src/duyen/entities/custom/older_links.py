"""Give links that were defined before each had its index the one that they lack: once."""

from __future__ import annotations

from contextlib import suppress

from django.db import transaction

from duyen.entities.custom.defining import adaptable
from duyen.entities.fields.base import OWN
from duyen.entities.indexes.asking import ask_index
from duyen.entities.indexes.errors import IndexThere, NothingToIndex, TooManyIndexes
from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.words import Door
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.versions import kept, pin
from duyen.foundation.fields.words import FieldKind, FieldState
from duyen.foundation.settings.company import keep_setting, setting

DONE = "fields.links_indexed"


def index_older_links() -> None:
    """Ask for them after an upgrade; one that an administrator removes later stays away."""
    if setting(DONE):
        return
    actor = system_actor("Fields", door=Door.CLI)
    known = {each.name: each for each in adaptable()}
    links = CustomField.objects.filter(kind=FieldKind.LINK, state=FieldState.ACTIVE, entity__in=list(known))
    with kept(), transaction.atomic():
        pin()
        for held in links.order_by("pk"):
            with suppress(IndexThere, NothingToIndex, TooManyIndexes):
                ask_index(known[held.entity], f"{OWN}{held.key}", "filter", actor=actor)
        keep_setting(DONE, True, actor=actor)
