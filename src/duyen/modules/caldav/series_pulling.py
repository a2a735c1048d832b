"""Take series from there: one entry with its rule, and what differs at single times, is one series here.

Time by time what the entry says is compared with what both said when they were last the same. A new rule, or
other words for all, begin a new series here, as the step «Repeat» does: what was before stays as it was.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from duyen.entities import standard
from duyen.entities.entity import Entity
from duyen.entities.errors import NotFound
from duyen.entities.performing import perform
from duyen.entities.refusals import said as said_of
from duyen.entities.registry import entity_named
from duyen.kernel.clock import ZONE, now
from duyen.kernel.day_grid import midnight
from duyen.kernel.errors import DomainError
from duyen.kernel.icalendars import CalendarEntry
from duyen.modules.activities.ics import own_series_id
from duyen.modules.activities.recurrence import Recurrence, RuleRefused, read_rule
from duyen.modules.activities.whole_series import WholeSeries
from duyen.modules.activities.words import OPEN, ActivityKind, ActivityState
from duyen.modules.caldav.comparing import MOMENTS, STATE, Said, changed, join, said_here, values_of
from duyen.modules.caldav.models import Item
from duyen.modules.caldav.putting import note_problem
from duyen.modules.caldav.repeating import Base, Repeated, base_of, column_of, is_moved_on, read_repeated
from duyen.modules.caldav.series import SeriesTies
from duyen.modules.caldav.taking import row_of, take_fields
from duyen.modules.caldav.words import PAST

Row = Mapping[str, Any]
#: An appointment that began so short a time ago is still the next one.
_JUST_NOW = dt.timedelta(hours=1)


class SeriesPulling:
    """One reading of the series of one calendar, with the owner's rights."""

    def __init__(self, ties: SeriesTies) -> None:
        self.ties, self.account, self.actor = ties, ties.account, ties.actor

    def take(self, url: str, etag: str, entries: Sequence[CalendarEntry], item: Item | None) -> bool:
        """Take an entry as a series; tells whether it is one by a rule that is known here.

        Raises what actions raise, and RuleRefused for a new rule that cannot be taken.
        """
        main = next(each for each in entries if each.occurrence is None)
        whole = self.ties.whole(item.series_id if item else None)
        if item is not None and item.series_id is not None and (item.is_cut or whole is None):
            if not self._come(url, etag, main, entries, item):
                Item.objects.filter(pk=item.pk).update(etag=etag, is_cut=True)
            return True
        if item is None or whole is None:
            return self._noted(url, etag, main, entries) or self._come(url, etag, main, entries, item)
        there = read_repeated(entries, whole.column)
        with transaction.atomic():
            if there is not None:
                self._join(item, etag, whole, there)
                return True
            anchor = self._end(whole)  # it comes once from now on
            item.series_id, item.activity_id = None, anchor["id"] if anchor else None
            item.base = said_here(anchor) if anchor else {}
            item.save(update_fields=["series_id", "activity_id", "base"])
        return False

    def settle(self) -> None:
        """Take what waited there for times that are made here by now."""
        tied = Item.objects.filter(account=self.account, place=self.ties.place.url, is_cut=False)
        for item in tied.filter(series_id__isnull=False).exclude(base={}).exclude(base__waiting=[]):
            base, whole = base_of(item.base), self.ties.whole(item.series_id)
            if whole is None or not base.waiting & whole.times.keys():
                continue
            clash: dict[str, Any] = {}
            try:
                with transaction.atomic():
                    self._take_times(whole, base, base.said, clash)
                    self.ties.keep(item.href, item.etag, whole, base, item.uid, **clash)
            except DomainError as refusal:
                note_problem(item, said_of(refusal))

    def clear(self, item: Item) -> None:
        """End here what was deleted there; what was changed here meanwhile is put there anew.

        Raises what actions raise.
        """
        whole = self.ties.whole(item.series_id)
        if whole is None or self.ties.changes(whole, base_of(item.base))[0]:
            item.delete()
            return
        with transaction.atomic():
            self._close(whole)
            Item.objects.filter(pk=item.pk).update(is_cut=True, etag="")

    # --- what comes and what changes --------------------------------------------------------------------

    def _noted(self, url: str, etag: str, main: CalendarEntry, entries: Sequence[CalendarEntry]) -> bool:
        """Note an entry that was put there by a run which broke off before it could note it."""
        own = self.ties.whole(own_series_id(main.uid))
        there = read_repeated(entries, own.column) if own else None
        if own is None or there is None:
            return False
        if Item.objects.filter(account=self.account, series_id=own.series.pk).exclude(href=url).exists():
            return False  # a copy of it
        self.ties.keep(url, etag, own, Base(there), main.uid)
        return True

    def _come(
        self, url: str, etag: str, main: CalendarEntry, entries: Sequence[CalendarEntry], item: Item | None
    ) -> bool:
        """Let a series of hers become one here, from its next time on; tells whether it can be one."""
        column = column_of(main)
        there = read_repeated(entries, column)
        if there is None or main.added or not main.is_by_our_clock or _is_closed(there.main):
            return False
        try:
            rule = read_rule(there.rule, there.first)
        except RuleRefused:
            return False
        begins = _next(rule, there, now() - _JUST_NOW)
        if begins is None:
            return False
        entity = self._entity(is_task=main.is_task)
        with transaction.atomic():
            row = row_of(self.actor, item.activity_id) if item else None
            said = there.plain(begins)
            if row is None or row["state"] not in OPEN or row["deleted_at"] is not None:
                row = self._made(entity, said, {column: begins})
            else:
                take_fields(self.actor, entity.name, row, said, changed(said_here(row), said))
            whole = self._repeat(entity, row["id"], rule.told_from(begins))
            base = Base(there.without_own_times())
            if item and item.series_id:
                base.former.append(item.series_id)
            self._take_times(whole, base, there, {})
            self.ties.keep(url, etag, whole, base, main.uid, activity_id=None)
        return True

    def _made(self, entity: Entity, said: Said, begins: Mapping[str, dt.datetime]) -> Row:
        """Make the first time of a series here, private until she says otherwise."""
        values = {**values_of(said, said), **begins, "is_private": True}
        if entity.name == "activities":
            values["kind"] = ActivityKind.MEETING.value
        values["subject"] = values["subject"] or _("Without a subject")
        writable = {each.name for each in entity.writable(self.actor)}
        given = {name: value for name, value in values.items() if name in writable}
        return self._row(standard.create(entity, actor=self.actor, values=given).id)

    def _join(self, item: Item, etag: str, whole: WholeSeries, there: Repeated) -> None:
        base, clash = base_of(item.base), dict[str, Any]()
        before = base.said
        if (there.main, there.first, there.parts) != (before.main, before.first, before.parts):
            if whole.is_task and is_moved_on(before, there):
                self._finish_before(whole, there.first)
                base.said = replace(before, first=there.first, main=there.main, rule=there.rule)
            else:
                base.former.append(whole.series.pk)
                begun = self._begin_anew(whole, before, there, clash)
                if begun is None:
                    Item.objects.filter(pk=item.pk).update(is_cut=True, etag=etag)
                    return
                whole, base.until, base.said = begun, None, there.without_own_times()
        self._take_times(self.ties.whole(whole.series.pk) or whole, base, there, clash)
        self.ties.keep(item.href, etag, whole, base, item.uid, **clash)

    def _begin_anew(
        self, whole: WholeSeries, before: Repeated, there: Repeated, clash: dict[str, Any]
    ) -> WholeSeries | None:
        """Begin a new series where rule, hour or words of all times were changed there; none where it ended.

        It begins with the time that comes next; its hour is the one from there.
        """
        anchor = self._anchor(whole)
        since = midnight(anchor["occurrence"].astimezone(ZONE).date()) if anchor else now() - _JUST_NOW
        rule = read_rule(there.rule, there.first)
        begins = _next(rule, there, since)
        if begins is None:
            self._close(whole)
            return None
        said, entity = there.plain(begins), self._entity(is_task=whole.is_task)
        if anchor is None:
            anchor = self._made(entity, said, {whole.column: begins})
        else:
            here = said_here(anchor)
            joined = join(base=before.plain(anchor["occurrence"]), here=here, there=said)
            moments = {name for name in MOMENTS & said.keys() if said[name] != here.get(name)}
            take_fields(self.actor, entity.name, anchor, said, joined.taken | moments)
            _note_clash(clash, anchor, here, joined.gave_way)
        return self._repeat(entity, anchor["id"], rule.told_from(begins))

    def _take_times(self, whole: WholeSeries, base: Base, there: Repeated, clash: dict[str, Any]) -> None:
        """Take what differs at single times; what is not made here yet waits."""
        before = base.said
        for moment in sorted(_own_times(before) | _own_times(there)):
            told = before.plain(moment) if moment in base.waiting else before.at(moment)
            said = there.at(moment)
            base.waiting.discard(moment)
            if said == told:
                continue
            row = whole.times.get(moment)
            if row is not None:
                self._take_time(whole, base, row, told, said, clash)
            elif moment > whole.series.made_until:
                base.waiting.add(moment)
            else:
                base.apart.add(moment)
        base.said = there

    def _take_time(
        self,
        whole: WholeSeries,
        base: Base,
        row: Row,
        told: Said | None,
        said: Said | None,
        clash: dict[str, Any],
    ) -> None:
        moment, entity = row["occurrence"], self._entity(is_task=whole.is_task)
        is_open = row["state"] in OPEN and row["deleted_at"] is None
        if said is None:
            if not is_open or moment < now() - PAST:
                base.apart.add(moment)  # what is done or past stays here, and is not put there again
            elif said_here(row) == told:
                note = {"note": _("Deleted in the calendar")}
                perform(entity, "cancel", row["id"], actor=self.actor, arguments=note)
            return
        if row["owner_id"] != self.account.user_id:
            base.apart.add(moment)
            return
        here = said_here(row)
        joined = join(base=told or here, here=here, there=said)
        names = joined.taken
        if row["state"] == ActivityState.CANCELLED and said[STATE] != ActivityState.CANCELLED:
            names |= {STATE}
        take_fields(self.actor, entity.name, row, said, names)
        _note_clash(clash, row, here, joined.gave_way)

    def _finish_before(self, whole: WholeSeries, moment: dt.datetime) -> None:
        """Finish what a phone ticked by moving the task on to its next time."""
        for each, row in sorted(whole.times.items()):
            if each < moment and row["state"] in OPEN and row["deleted_at"] is None:
                perform(entity_named("tasks"), "finish", row["id"], actor=self.actor, arguments={})

    # --- what it takes ----------------------------------------------------------------------------------

    def _row(self, activity_id: int) -> Row:
        found = row_of(self.actor, activity_id)
        if found is None:
            raise NotFound
        return found

    def _repeat(self, entity: Entity, activity_id: int, rule: str) -> WholeSeries:
        done = perform(entity, "repeat", activity_id, actor=self.actor, arguments={"rule": rule})
        whole = self.ties.whole(self._row(done.id)["series_id"])
        if whole is None:
            raise NotFound
        return whole

    def _close(self, whole: WholeSeries) -> None:
        """End a series, and let its next time go into the bin where that is still to come."""
        anchor = self._end(whole)
        if anchor is not None and anchor["occurrence"] >= now() - PAST:
            reason, entity = _("Deleted in the calendar"), self._entity(is_task=whole.is_task)
            standard.delete(entity, anchor["id"], actor=self.actor, reason=reason)

    def _end(self, whole: WholeSeries) -> Row | None:
        """End a series with its next time, and give that one; where none is to come, with the last one."""
        anchor = self._anchor(whole)
        last = anchor or next((row for _at, row in sorted(whole.times.items(), reverse=True)), None)
        if last is not None and not whole.is_over:
            entity = self._entity(is_task=whole.is_task)
            perform(entity, "stop_repeating", last["id"], actor=self.actor, arguments={})
        return self._row(anchor["id"]) if anchor else None

    def _anchor(self, whole: WholeSeries) -> Row | None:
        """Give the time with which a change of all begins: the first open one that is not the past."""
        first = now() - PAST
        rows = (
            row
            for moment, row in sorted(whole.times.items())
            if self.ties.told(row) and row["state"] in OPEN and (whole.is_task or moment >= first)
        )
        return next(rows, None)

    @staticmethod
    def _entity(*, is_task: bool) -> Entity:
        return entity_named("tasks" if is_task else "activities")


def _next(rule: Recurrence, there: Repeated, since: dt.datetime) -> dt.datetime | None:
    """Give the first time of a rule from a moment on that is not left out."""
    found: dt.datetime | None = there.first
    if there.first < since:
        found = rule.after(since - dt.timedelta(seconds=1))
    while found is not None and found in there.left_out:
        found = rule.after(found)
    return found


def _own_times(said: Repeated) -> set[dt.datetime]:
    """Give the times that are not like the others."""
    return {*said.left_out, *(said.moved or {})}


def _note_clash(clash: dict[str, Any], row: Row, here: Said, gave_way: Iterable[str]) -> None:
    """Keep ours of what both sides changed at one time of a series."""
    if ours := {each: here.get(each) for each in gave_way}:
        clash.update(ours=ours, clashed_at=now(), activity_id=row["id"])


def _is_closed(said: Said) -> bool:
    return said[STATE] in (ActivityState.CANCELLED, ActivityState.DONE)
