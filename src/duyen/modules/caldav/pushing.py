"""What changed here goes there: new activities of the owner, changes of known ones, what is hers no more."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.kernel.icalendars import write_calendar
from duyen.modules.activities.ics import COLUMNS, entry_from, to_ics, uid_of
from duyen.modules.activities.words import OPEN, ActivityKind
from duyen.modules.caldav.comparing import changed, patched, said_here
from duyen.modules.caldav.models import Account, Item
from duyen.modules.caldav.putting import address_in, note_problem, put_change, take_out
from duyen.modules.caldav.series import SeriesTies
from duyen.modules.caldav.series_pushing import SeriesPushing
from duyen.modules.caldav.server import ChangedThere, Refused, Server
from duyen.modules.caldav.words import SINCE, Place

#: So many new ones go there in one run; the next one goes on.
_MOST_NEW = 300
_AT_ONCE = 200
Row = Mapping[str, Any]


class Pushing:
    """One writing to one calendar, with the owner's rights."""

    def __init__(self, account: Account, actor: Actor, place: Place, server: Server) -> None:
        self.account, self.actor, self.place, self.server = account, actor, place, server

    def all(self) -> None:
        """Send what is to be sent; what is refused is noted and stops no other."""
        ties = SeriesTies(self.account, self.actor, self.place)
        whole = SeriesPushing(ties, self.server).all()
        for item, row in self._known():
            if row is None or row["deleted_at"] is not None or row["owner_id"] != self.account.user_id:
                take_out(self.server, item)
            elif not item.is_series and changed(item.base, said_here(row)):
                self._change(item, row)
        for row in self._new(whole):
            self._add(row)

    # --- what there is to send -------------------------------------------------------------------------

    def _known(self) -> Iterator[tuple[Item, Row | None]]:
        items = list(
            Item.objects.filter(
                account=self.account,
                place=self.place.url,
                is_cut=False,
                activity_id__isnull=False,
                series_id=None,
            ).order_by("pk")
        )
        for start in range(0, len(items), _AT_ONCE):
            some = items[start : start + _AT_ONCE]
            rows = {row["id"]: row for row in _columns(self._rows([each.activity_id for each in some]))}
            for item in some:
                yield item, rows.get(item.activity_id)

    def _rows(self, ids: list[int | None]) -> QuerySet[Any]:
        return entity_named("activities").rows(self.actor, deleted=None).filter(pk__in=ids)

    def _new(self, whole: Collection[int]) -> list[Row]:
        """List the open activities of hers that the calendar does not know yet, the first ones first.

        Those of the series `whole` stand in an entry together.
        """
        kinds = Q(pk__in=[])
        if self.place.tasks:
            kinds |= Q(kind=ActivityKind.TASK.value)
        if self.place.events:
            kinds |= Q(starts_at__gte=now() - SINCE) & ~Q(kind=ActivityKind.TASK.value)
        rows = entity_named("activities").rows(self.actor).filter(kinds).exclude(series_id__in=whole)
        known = Item.objects.filter(account=self.account, activity_id__isnull=False).values("activity_id")
        mine = rows.filter(owner_id=self.account.user_id, state__in=[each.value for each in OPEN])
        return list(_columns(mine.filter(open_at__isnull=False).exclude(pk__in=known))[:_MOST_NEW])

    # --- one entry --------------------------------------------------------------------------------------

    def _add(self, row: Row) -> None:
        url = address_in(self.place, str(row["id"]))
        content = write_calendar([entry_from(row)])
        try:
            etag = self.server.put(url, content, etag="")
        except ChangedThere:  # put by a run that broke off: what stands there now is compared by the next one
            etag = ""
        except Refused as refusal:
            self._note(url, row, problem=str(refusal))
            return
        self._note(url, row, etag=etag, problem="")

    def _note(self, url: str, row: Row, **columns: Any) -> None:
        said = {
            "place": self.place.url,
            "uid": uid_of(row["id"]),
            "activity_id": row["id"],
            "base": said_here(row),
            "subject": row["subject"],
            **columns,
        }
        with transaction.atomic():
            Item.objects.update_or_create(account=self.account, href=url, defaults=said)

    def _change(self, item: Item, row: Row) -> None:
        here = said_here(row)
        names = changed(item.base, here)
        found = self.server.fetch(self.place.url, [item.href]).get(item.href)
        if found is None or found[0] != item.etag:
            return  # changed or gone there since: the next run takes that first
        try:
            content = patched(found[1], to_ics(row, uid=item.uid), names)
        except ValueError:
            note_problem(item, _("The entry there cannot be read."))
            return
        etag = put_change(self.server, item, content)
        if etag is None:
            return
        Item.objects.filter(pk=item.pk).update(base=here, etag=etag, problem="", subject=row["subject"])


def _columns(rows: QuerySet[Any]) -> Any:
    return rows.values(*COLUMNS, "owner_id", "deleted_at").order_by("pk")
