"""Tell notices to their reader: in her language, and as far as she may see the records now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from duyen.entities.acting_parts import called
from duyen.entities.entity import Entity
from duyen.entities.fields import Label, LinkedRecord
from duyen.entities.history import changes_of, label_of
from duyen.entities.labels import labels
from duyen.entities.registry import all_entities
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.foundation.audit.models import History
from duyen.foundation.notices.kinds import NoticeKind, kind_named
from duyen.foundation.notices.models import Notice
from duyen.kernel.dates import show_date

#: Work in the background is no entity; whoever asked for it may always look at it.
JOBS = "jobs"


@dataclass(frozen=True)
class Told:
    """One notice in words.

    `sentence` holds the place of the record as `%(record)s`, so that a page can lead there from its name;
    `words` fill it. `entity` opens the record to the reader, none where nothing leads anywhere; `fields` are
    the words of the changed fields that she may see. `many` is the entity of several records, where she may
    read that; `opens` is the id under which `entity` opens the record: of what stands for it, where
    something does.
    """

    notice: Notice
    kind: NoticeKind
    sentence: str
    words: Mapping[str, object]
    record: str = ""
    entity: Entity | None = None
    fields: Sequence[Label] = field(default_factory=tuple)
    many: Entity | None = None
    opens: int = 0

    @property
    def text(self) -> str:
        """Give the sentence as plain words."""
        return self.sentence % {**self.words, "record": self.record}

    @property
    def at(self) -> dt.datetime:
        return self.notice.created_at

    @property
    def is_unread(self) -> bool:
        return self.notice.read_at is None


def tell(actor: Actor, notices: Sequence[Notice]) -> list[Told]:
    """Put notices into words, in as many queries for one as for fifty.

    A record that is closed to the reader or gone is told by the kind's closed sentence; where there is none,
    the notice is left out.
    """
    families = {each.family: each for each in reversed(all_entities())}
    named = {each.name: each for each in all_entities()}
    places = {each.pk: _family(each, families, named) for each in notices}
    records = _records(actor, notices, places, families)
    entries = _entries(notices)
    told = (
        _told(actor, each, families.get(places[each.pk]), records.get(places[each.pk], {}), entries, named)
        for each in notices
    )
    return [each for each in told if each is not None]


def _family(notice: Notice, families: Mapping[str, Entity], named: Mapping[str, Entity]) -> str:
    if notice.entity in named:
        return named[notice.entity].family
    return notice.entity if notice.entity in families else ""


def _records(
    actor: Actor, notices: Iterable[Notice], places: Mapping[int, str], families: Mapping[str, Entity]
) -> dict[str, Mapping[int, LinkedRecord]]:
    wanted: dict[str, set[int]] = {}
    for each in notices:
        if each.record_id is not None and places[each.pk]:
            wanted.setdefault(places[each.pk], set()).add(each.record_id)
    return {family: labels(actor, families[family], ids) for family, ids in wanted.items()}


def _entries(notices: Iterable[Notice]) -> dict[tuple[str, int, int], list[History]]:
    """Read the steps of the trail behind single records, by family, record and operation."""
    shown = [each for each in notices if each.operations and each.record_id is not None]
    if not shown:
        return {}
    rows = History.objects.filter(
        operation__in={operation for each in shown for operation in each.operations},
        root_id__in={each.record_id for each in shown},
    )
    found: dict[tuple[str, int, int], list[History]] = {}
    for row in rows.order_by("id"):
        found.setdefault((row.root_entity, row.root_id, row.operation), []).append(row)
    return found


def _told(
    actor: Actor,
    notice: Notice,
    family: Entity | None,
    records: Mapping[int, LinkedRecord],
    entries: Mapping[tuple[str, int, int], list[History]],
    named: Mapping[str, Entity],
) -> Told | None:
    kind = kind_named(notice.kind)
    words = _words(notice, named.get(notice.entity, family))
    if notice.record_id is None or family is None:
        sentence = kind.one if notice.count == 1 else kind.many
        # Of one record that no entity keeps any more there is nothing to tell.
        is_lost = family is None and notice.record_id is not None and notice.entity != JOBS
        listed = named.get(notice.entity) if notice.record_id is None else None
        many = listed if listed is not None and actor.may(listed.name, READ) else None
        return None if is_lost else Told(notice, kind, str(sentence), words, many=many)
    opener = _opener(actor, records.get(notice.record_id), named)
    if opener is None:
        return Told(notice, kind, str(kind.closed), _who(notice)) if kind.closed else None
    fields = _fields(actor, notice, opener, entries)
    if kind.name == "watched" and str(notice.args.get("verb", "")).endswith(".change") and not fields:
        return None  # all that changed is hidden from the reader
    sentence = kind.one if notice.count == 1 else kind.many
    record = records[notice.record_id]
    name = record.label or record.code or f"#{record.id}"
    opens = record.opens or record.id
    return Told(notice, kind, str(sentence), words, name, opener, fields, opens=opens)


def _words(notice: Notice, entity: Entity | None) -> dict[str, object]:
    """Give what fills the sentence, days and steps in the reader's words."""
    words: dict[str, object] = {**notice.args, **_who(notice), "count": notice.count}
    words["kind"] = str(entity.labels).lower() if entity is not None else ""
    if "verb" in notice.args:
        words["step"] = str(label_of(notice.args["verb"]))
    for name in ("since", "until"):
        if name in notice.args:
            words[name] = show_date(dt.date.fromisoformat(notice.args[name]))
    return words


def _who(notice: Notice) -> dict[str, object]:
    return {"who": called(notice.actor_name, notice.actor_id) or _("The system")}


def _opener(actor: Actor, record: LinkedRecord | None, named: Mapping[str, Entity]) -> Entity | None:
    if record is None or not record.is_open:
        return None
    return named[record.entity] if record.entity in named and actor.may(record.entity, READ) else None


def _fields(
    actor: Actor,
    notice: Notice,
    entity: Entity,
    entries: Mapping[tuple[str, int, int], list[History]],
) -> tuple[Label, ...]:
    """Name the changed fields that the reader may see, once each."""
    found: dict[str, Label] = {}
    for operation in notice.operations:
        for row in entries.get((entity.family, int(notice.record_id or 0), operation), ()):
            for change in changes_of(entity, actor, row):
                found.setdefault(f"{change.entity}.{change.field.name}", change.field.label)
    return tuple(found.values())
