"""What changed there comes here: as new activities of the owner, as changes of known ones, into the bin."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound, StaleVersion
from duyen.entities.refusals import said
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.kernel.icalendars import CalendarEntry, read_calendar
from duyen.modules.activities.ics import Incoming, incoming_from, own_id
from duyen.modules.activities.words import OPEN, ActivityState
from duyen.modules.caldav.comparing import changed, is_series, join, next_shift, said_by, said_here
from duyen.modules.caldav.models import Account, Item
from duyen.modules.caldav.series import SeriesTies
from duyen.modules.caldav.series_pulling import SeriesPulling
from duyen.modules.caldav.server import Changes, Server
from duyen.modules.caldav.taking import reach, row_of, take_fields
from duyen.modules.caldav.words import PAST, Place

Row = Mapping[str, Any]


class Pulling:
    """One reading of one calendar, with the owner's rights."""

    def __init__(self, account: Account, actor: Actor, place: Place, server: Server) -> None:
        self.account, self.actor, self.place, self.server = account, actor, place, server
        self.series = SeriesPulling(SeriesTies(account, actor, place))
        self.gone: dict[str, Item] = {}

    def take(self, changes: Changes) -> bool:
        """Take all changes; tells whether none has to be looked at again."""
        known = {each.href: each for each in Item.objects.filter(account=self.account, place=self.place.url)}
        fresh = [url for url, etag in changes.etags.items() if url not in known or known[url].etag != etag]
        gone = set(changes.gone)
        if changes.is_whole:
            gone |= {url for url in known if url not in changes.etags}
        self.gone = {url: item for url, item in known.items() if url in gone}
        is_whole = True
        for url, (etag, content) in self.server.fetch(self.place.url, fresh).items():
            is_whole &= self._take_one(url, etag, content, known.get(url))
        for item in self.gone.values():
            is_whole &= self._clear(item)
        for item in known.values():
            if item.is_series and item.href not in gone and item.href not in fresh:
                is_whole &= self._move_on(item)
        self.series.settle()
        return is_whole

    # --- one entry --------------------------------------------------------------------------------------

    def _take_one(self, url: str, etag: str, content: bytes, item: Item | None) -> bool:
        try:
            found = read_calendar(content)
            entries = found.entries
            main = next((each for each in entries if each.occurrence is None), None)
            if main is None:
                raise found.problems[0] if found.problems else _Unreadable()
            if not self.place.holds(is_task=main.is_task):
                return True
            item = item or self._at_new_address(url, main.uid)
            if self.series.take(url, etag, entries, item):
                return True
            return self._take_entry(url, etag, main, item, is_series=is_series(entries))
        except StaleVersion:
            return False  # somebody is changing it here right now: the next run finds both
        except InvalidValues as refusal:
            self._note_problem(url, etag, item, " ".join(str(each.message) for each in refusal.problems))
        except DomainError as refusal:
            self._note_problem(url, etag, item, said(refusal))
        return True

    def _at_new_address(self, url: str, uid: str) -> Item | None:
        """Give the entry that stood under another address until now, under its new one."""
        old = next((href for href, item in self.gone.items() if item.uid == uid[:300]), None)
        if old is None:
            return None
        item = self.gone.pop(old)
        item.href = url
        item.save(update_fields=["href"])
        return item

    def _take_entry(
        self, url: str, etag: str, entry: CalendarEntry, item: Item | None, *, is_series: bool
    ) -> bool:
        incoming = _moved(incoming_from(entry), next_shift(entry, now=now()))
        if item is None or item.activity_id is None:
            own = own_id(incoming.uid)
            row = None if self._is_copy(own, url) else self._row(own)
            if row is None:
                self._come(url, etag, incoming, item, is_series=is_series)
                return True
            # Put by a run that broke off before it could note it.
            item = Item(
                account=self.account, place=self.place.url, href=url, activity_id=own, base=said_here(row)
            )
        row = self._row(item.activity_id)
        if row is None or item.is_cut:
            Item.objects.filter(pk=item.pk).update(etag=etag, is_cut=True)
            return True
        self._join(item, row, etag, incoming, is_series=is_series)
        return True

    def _is_copy(self, activity_id: int | None, url: str) -> bool:
        """Tell whether an activity stands there under another address already; this one is a copy."""
        tied = Item.objects.filter(account=self.account, activity_id=activity_id).exclude(href=url)
        return activity_id is not None and tied.exists()

    def _come(self, url: str, etag: str, incoming: Incoming, item: Item | None, *, is_series: bool) -> None:
        """Let an entry of hers become an activity of hers, private until she says otherwise."""
        entity = entity_named(incoming.entity)
        values = {**incoming.values, "is_private": True}
        values["subject"] = values["subject"] or _("Without a subject")
        writable = {each.name for each in entity.writable(self.actor)}
        with transaction.atomic():
            done = standard.create(
                entity, actor=self.actor, values={name: values[name] for name in values if name in writable}
            )
            reach(self.actor, incoming.entity, done.id, ActivityState.PLANNED, incoming.state)
            self._keep(url, etag, incoming, item, activity_id=done.id, is_series=is_series)

    def _keep(self, url: str, etag: str, incoming: Incoming, item: Item | None, **columns: Any) -> None:
        said = {
            "place": self.place.url,
            "etag": etag,
            "uid": incoming.uid[:300],
            "subject": incoming.values["subject"][:250],
            "base": said_by(incoming),
            "problem": "",
            **columns,
        }
        Item.objects.update_or_create(account=self.account, href=url, defaults=said)

    def _join(self, item: Item, row: Row, etag: str, incoming: Incoming, *, is_series: bool) -> None:
        here, there = said_here(row), said_by(incoming)
        joined = join(base=item.base, here=here, there=there)
        with transaction.atomic():
            if row["deleted_at"] is not None and not joined.taken:
                Item.objects.filter(pk=item.pk).update(etag=etag, base=there)
                return
            take_fields(self.actor, incoming.entity, row, there, joined.taken)
            ours = {each: here.get(each) for each in joined.gave_way}
            clash = {"ours": ours, "clashed_at": now()} if ours else {}
            self._keep(item.href, etag, incoming, item, activity_id=row["id"], is_series=is_series, **clash)

    # --- what is gone, what repeats, what could not be taken --------------------------------------------

    def _clear(self, item: Item) -> bool:
        """Put into the bin what was deleted there, unless it was changed here, is done or is the past."""
        if item.series_id is not None:
            return self._clear_series(item)
        row = self._row(item.activity_id) if item.activity_id else None
        if row is None or row["deleted_at"] is not None:
            item.delete()
            return True
        if changed(item.base, said_here(row)) and not item.is_series:
            item.delete()  # a change weighs more than a deletion: it is put there anew
            return True
        begins = row["starts_at"] or row["due_at"]
        is_past = bool(begins and begins < now() - PAST)
        if row["state"] not in OPEN or is_past:
            Item.objects.filter(pk=item.pk).update(is_cut=True, etag="")
            return True
        try:
            with transaction.atomic():
                standard.delete(
                    entity_named("activities"),
                    row["id"],
                    actor=self.actor,
                    reason=_("Deleted in the calendar"),
                )
                item.delete()
        except (NotAllowed, NotFound):
            Item.objects.filter(pk=item.pk).update(is_cut=True, etag="")
        return True

    def _clear_series(self, item: Item) -> bool:
        try:
            self.series.clear(item)
        except StaleVersion:
            return False
        except DomainError:  # she may not end it any more: it stays here
            Item.objects.filter(pk=item.pk).update(is_cut=True, etag="")
        return True

    def _move_on(self, item: Item) -> bool:
        """Let an entry that repeats stand where it comes next."""
        row = self._row(item.activity_id) if item.activity_id else None
        ends = (row["ends_at"] or row["due_at"]) if row else None
        if row is None or ends is None or ends > now() or item.is_cut:
            return True
        if row["state"] not in OPEN:  # what came of this time stays; the next time is an activity of its own
            Item.objects.filter(pk=item.pk).update(activity_id=None)
            item.activity_id = None
        found = self.server.fetch(self.place.url, [item.href])
        return all(self._take_one(url, etag, content, item) for url, (etag, content) in found.items())

    def _note_problem(self, url: str, etag: str, item: Item | None, problem: str) -> None:
        columns = {"place": self.place.url, "etag": etag, "problem": problem[:400]}
        try:
            Item.objects.update_or_create(account=self.account, href=url, defaults=columns)
        except IntegrityError:  # two addresses for one activity: the first one stands
            return

    def _row(self, activity_id: int | None) -> Row | None:
        return row_of(self.actor, activity_id)


class _Unreadable(DomainError):
    code = "unreadable"

    def __init__(self) -> None:
        super().__init__()
        self.sentence = _("This entry holds no appointment and no task that can be read.")


def _moved(incoming: Incoming, shift: dt.timedelta) -> Incoming:
    """Give an entry that repeats as it comes next."""
    if not shift:
        return incoming
    values = {
        name: value + shift if name in ("starts_at", "ends_at", "due_at", "remind_at") and value else value
        for name, value in incoming.values.items()
    }
    return replace(incoming, values=values)
