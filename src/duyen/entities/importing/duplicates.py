"""Which rows are there already, or came twice in the file, and what a rule makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.importing.progress import Fate, Settled
from duyen.entities.importing.ready import Ready
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.twins.finding import find_likely, readable_keys
from duyen.entities.twins.likeness import LIKELY, Likeness
from duyen.foundation.access.actor import Actor

#: A dry run writes nothing, so it remembers what earlier chunks held; up to so many keys, for memory's sake.
_MOST_REMEMBERED = 300_000
_MOST_NAMED = 3


@dataclass(frozen=True)
class Match:
    """What a row looks like: the record `id`, the `earlier` row of the same chunk, or neither.

    `reason` says so in words; with `is_refused` the rule can do nothing with it.
    """

    id: int | None = None
    earlier: int | None = None
    reason: str = ""
    is_refused: bool = False

    @property
    def is_new(self) -> bool:
        """Whether the row looks like nothing else."""
        return not self.reason

    def told(self, name: str) -> Settled:
        """Give the row as refused or skipped."""
        fate = Fate.REJECTED if self.is_refused else Fate.SKIPPED
        return Settled(fate, _("There already"), self.reason, name)


_NEW = Match()


class Matcher:
    """Compares the rows of one file with what is there and with each other.

    Only what is likely the same counts: a phone that a family shares makes no duplicate by itself.
    """

    def __init__(self, entity: Entity, rule: OnDuplicate, *, is_dry: bool) -> None:
        self._entity = entity
        self._rule = rule
        self._seen = _Seen(entity) if is_dry and rule is not OnDuplicate.CREATE else None

    def match(self, actor: Actor, rows: Mapping[int, Ready], first_row: int) -> dict[int, Match]:
        """Say of each row, by its place in the chunk, what it looks like. Three queries at most for all."""
        if self._rule is OnDuplicate.CREATE or self._entity.duplicates is None:
            return dict.fromkeys(rows, _NEW)
        places = list(rows)
        given, known = [each.columns for each in rows.values()], [each.marks for each in rows.values()]
        found = find_likely(self._entity, actor=actor, given=given, known_marks=known)
        matches = {}
        for place, likenesses in zip(places, found, strict=True):
            matches[place] = self._decide(likenesses, places, first_row)
            if self._seen is not None and matches[place].is_new:
                matches[place] = self._seen.match(actor, rows[place], first_row + place)
        return matches

    def _decide(self, likenesses: Sequence[Likeness], places: Sequence[int], first_row: int) -> Match:
        likely = [each for each in likenesses if each.is_likely]
        records = [each for each in likely if each.id is not None]
        if records:
            return self._of_records(records)
        earlier = next((each for each in likely if each.row is not None), None)
        if earlier is not None and earlier.row is not None:
            place = places[earlier.row]
            told = _("Row %(row)s of this file looks the same: %(why)s.")
            why = self._why(earlier) or earlier.label
            return Match(earlier=place, reason=told % {"row": first_row + place, "why": why})
        if likely:
            return Match(reason=_elsewhere(likely[0]), is_refused=True)
        return _NEW

    def _of_records(self, records: Sequence[Likeness]) -> Match:
        best = records[0]
        equals = [each for each in records if each.strength == best.strength]
        if len(equals) > 1 and self._rule is not OnDuplicate.SKIP:
            told = _("%(count)s records look like this row: %(names)s. Merge them, or change the right one.")
            names = ", ".join(_called(each) for each in equals[:_MOST_NAMED])
            return Match(reason=told % {"count": len(equals), "names": names}, is_refused=True)
        words = {"record": _called(best), "why": self._why(best)}
        if best.entity not in ("", self._entity.name) and self._rule is OnDuplicate.SKIP:
            told = _("There already as %(record)s, of another kind (%(why)s). Open it and go on from there.")
            return Match(id=best.id, reason=told % words, is_refused=True)
        return Match(id=best.id, reason=_("There already as %(record)s: %(why)s.") % words)

    def _why(self, likeness: Likeness) -> str:
        declared = self._entity.duplicates
        known = declared.by_code if declared else {}
        labels = [str(known[code].label) for code in likeness.reasons if code in known]
        return ", ".join(labels)


def _called(likeness: Likeness) -> str:
    return f"{likeness.label} ({likeness.code})" if likeness.code else likeness.label


def _elsewhere(likeness: Likeness) -> str:
    """Tell of a record that the actor may not open no more than that it exists, where, and whom to ask."""
    if likeness.ask:
        told = _("There already in %(unit)s, where you may not look. Ask %(ask)s.")
    else:
        told = _("There already in %(unit)s, where you may not look. Ask somebody there.")
    return told % {"unit": likeness.unit or _("another unit"), "ask": likeness.ask}


class _Seen:
    """The keys of the rows that a dry run has gone past, with the row and name of each."""

    def __init__(self, entity: Entity) -> None:
        self._entity = entity
        self._rows: dict[int, tuple[int, str]] = {}

    def match(self, actor: Actor, row: Ready, number: int) -> Match:
        """Compare a row with those of earlier chunks, and remember it."""
        entity, declared = self._entity, self._entity.duplicates
        if declared is None:
            return _NEW
        readable = {each.code for each in readable_keys(entity, actor)}
        found = _NEW
        for mark, place, _text in row.marks:
            key = declared.by[place]
            if key.code not in readable:
                continue
            earlier = self._rows.get(mark)
            if earlier is None:
                if len(self._rows) < _MOST_REMEMBERED:
                    self._rows[mark] = (number, row.name)
                continue
            is_like = bool(key.with_name) and declared.is_like(row.columns, earlier[1])
            if (key.with_name if is_like else key.strength) >= LIKELY:
                told = _("Row %(row)s of this file looks the same: %(why)s.")
                found = Match(earlier=-1, reason=told % {"row": earlier[0], "why": key.label})
        return found
