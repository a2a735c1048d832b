"""Send series there: each is one entry with its rule, and beside that the single times that differ."""

from __future__ import annotations

from duyen.kernel.clock import now
from duyen.kernel.icalendars import write_calendar
from duyen.modules.activities.ics import entry_from, named_here
from duyen.modules.activities.whole_series import WholeSeries, owned_series, whole_series
from duyen.modules.caldav.models import Item
from duyen.modules.caldav.putting import address_in, put_change, take_out
from duyen.modules.caldav.repeating import Base, base_of, ends_with, parts_as_read, read_repeated, rewritten
from duyen.modules.caldav.series import KEPT, SeriesTies
from duyen.modules.caldav.server import ChangedThere, Refused, Server
from duyen.modules.caldav.words import MADE_HERE, SINCE


class SeriesPushing:
    """One writing of the series of one calendar, with the owner's rights."""

    def __init__(self, ties: SeriesTies, server: Server) -> None:
        self.ties, self.server = ties, server
        self.account, self.actor, self.place = ties.account, ties.actor, ties.place

    def all(self) -> list[int]:
        """Send what is to be sent of her series; gives the series that stand in an entry each."""
        tied = Item.objects.filter(account=self.account, series_id__isnull=False)
        items = {each.series_id: each for each in tied if each.series_id is not None}
        former = {old for each in items.values() if each.base for old in base_of(each.base).former}
        held = whole_series(self.actor, owner=self.account.user_id, since=now() - KEPT)
        for whole in held:
            item = items.get(whole.series.pk)
            if whole.series.pk in former or not self.place.holds(is_task=whole.is_task):
                continue
            if item is None or not item.base:
                self._add(whole)
            elif item.place == self.place.url and not item.is_cut:
                self._change(item, whole)
        mine = owned_series(items, owner=self.account.user_id)
        for series_id, item in items.items():
            if series_id not in mine and item.place == self.place.url and not item.is_cut:
                take_out(self.server, item)
        return [each.series.pk for each in held]

    def _add(self, whole: WholeSeries) -> None:
        first = whole.first_from(now() - SINCE)
        if first is None:
            return
        uid = named_here(f"series-{whole.series.pk}")
        plain = write_calendar(
            [entry_from(whole.columns_at(first), uid=uid, rule=whole.rule.told_from(first))]
        )
        said = read_repeated(parts_as_read(plain), whole.column)
        if said is None:
            return
        base = Base(said)
        changes, until = self.ties.changes(whole, base)
        if whole.is_over and until is None:
            return
        content = rewritten(plain, said, changes, rule=ends_with(base.said.rule, until) if until else "")
        url = address_in(self.place, f"series-{whole.series.pk}")
        try:
            etag = self.server.put(url, content, etag="")
        except ChangedThere:  # put by a run that broke off: what stands there now is compared by the next one
            etag = ""
        except Refused as refusal:
            columns = {"place": self.place.url, "series_id": whole.series.pk, "problem": str(refusal)[:400]}
            Item.objects.update_or_create(account=self.account, href=url, defaults=columns)
            return
        base.until = until
        base.said = read_repeated(parts_as_read(content), whole.column) or said
        self.ties.keep(url, etag, whole, base, uid)
        self._join_single_ones(whole)

    def _join_single_ones(self, whole: WholeSeries) -> None:
        """Take away the entries of single times that went there before they were a series."""
        ids = [row["id"] for row in whole.times.values()]
        single = Item.objects.filter(account=self.account, place=self.place.url, activity_id__in=ids)
        for item in single.filter(series_id=None, is_cut=False, href__contains=MADE_HERE):
            take_out(self.server, item)

    def _change(self, item: Item, whole: WholeSeries) -> None:
        base = base_of(item.base)
        changes, until = self.ties.changes(whole, base)
        if whole.is_over and until is None:
            take_out(self.server, item)
            return
        rule = ends_with(base.said.rule, until) if until and until != base.until else ""
        if not changes and not rule:
            return
        found = self.server.fetch(self.place.url, [item.href]).get(item.href)
        if found is None or found[0] != item.etag:
            return  # changed or gone there since: the next run takes that first
        content = rewritten(found[1], base.said, changes, rule=rule)
        etag = put_change(self.server, item, content)
        if etag is None:
            return
        base.until = until
        base.said = read_repeated(parts_as_read(content), whole.column) or base.said
        self.ties.keep(item.href, etag, whole, base, item.uid)
