"""Remove contents that no row names: a crash between keeping one and writing its row leaves such."""

from __future__ import annotations

import datetime as dt
import itertools
import logging
from collections.abc import Iterable

from duyen.foundation.files.models import FileVersion
from duyen.foundation.files.store import Unreachable, store_at
from duyen.foundation.files.store.choosing import place_for_new
from duyen.foundation.files.store.declared import Held, Store
from duyen.foundation.files.words import Place, Size
from duyen.kernel.clock import now

#: A content of a request that is still under way is younger; a restored database may be some days behind.
OLD = dt.timedelta(days=7)
_AT_ONCE = 1_000
log = logging.getLogger("duyen.files")


def sweep() -> int:
    """Remove what has been there for a week without a row, from every store in use; gives how many."""
    places = dict.fromkeys((Place.DISK, place_for_new()))
    return sum(_sweep(place) for place in places)


def _sweep(place: Place) -> int:
    oldest = now() - OLD
    removed = 0
    try:
        store = store_at(place)
        old = (each for each in store.held() if each.since < oldest)
        while batch := list(itertools.islice(old, _AT_ONCE)):
            removed += _forget_unknown(store, batch)
    except Unreachable:
        log.warning("Files: the store %s cannot be reached, so nothing was swept", place.value)
    return removed


def _forget_unknown(store: Store, batch: Iterable[Held]) -> int:
    by_key = {each.key: own_key(each.key) for each in batch}
    known = set(FileVersion.objects.filter(key__in=set(by_key.values())).values_list("key", flat=True))
    unknown = [key for key, own in by_key.items() if own not in known]
    for key in unknown:
        store.forget(key)
    return len(unknown)


def kept_contents() -> list[tuple[str, str]]:
    """List the contents that rows name, as pairs of place and key."""
    return list(FileVersion.objects.order_by("place", "key").values_list("place", "key").distinct())


def forget_contents(contents: Iterable[tuple[str, str]]) -> None:
    """Remove contents with their pictures, once no row names them; what cannot be reached is swept later."""
    for place, key in contents:
        try:
            store = store_at(place)
            for each in (key, *(f"{key}.{size.value}" for size in Size)):
                store.forget(each)
        except Unreachable:
            log.warning("Files: the store %s cannot be reached; its contents are swept later", place)


def own_key(key: str) -> str:
    """Give the key of the content to which a picture belongs, or the key itself."""
    return key.partition(".")[0]
