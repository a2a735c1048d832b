"""Put entries there and take them out; what the server refuses is noted and stops no other."""

from __future__ import annotations

from urllib.parse import urljoin

from duyen.modules.caldav.models import Item
from duyen.modules.caldav.server import ChangedThere, Refused, Server
from duyen.modules.caldav.words import MADE_HERE, Place


def address_in(place: Place, name: str) -> str:
    """Give the address under which something made here stands in a calendar."""
    return urljoin(place.url.rstrip("/") + "/", f"{MADE_HERE.strip('/')}{name}.ics")


def put_change(server: Server, item: Item, content: bytes) -> str | None:
    """Put a new version of an entry and give its mark; nothing where it was not taken."""
    try:
        return server.put(item.href, content, etag=item.etag)
    except ChangedThere:  # changed there since: the next run takes that first
        return None
    except Refused as refusal:
        note_problem(item, str(refusal))
        return None


def take_out(server: Server, item: Item) -> None:
    """Take away there what was deleted here, or was given to somebody else."""
    try:
        server.remove(item.href, etag=item.etag)
    except ChangedThere:
        return
    except Refused as refusal:
        note_problem(item, str(refusal))
        return
    item.delete()


def note_problem(item: Item, problem: str) -> None:
    """Keep with an entry why it was not taken there."""
    Item.objects.filter(pk=item.pk).update(problem=problem[:400])
