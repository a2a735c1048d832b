"""Which rows are there already, or came twice in the file, and what a rule makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.entity import Entity
from duyen.entities.fields import Code, Label, LinkedRecord
from duyen.entities.importing.known import Known, find_known, folded
from duyen.entities.importing.progress import Fate, Settled
from duyen.entities.importing.ready import Ready
from duyen.entities.importing.words import OnDuplicate
from duyen.entities.twins.finding import find_likely, readable_keys
from duyen.entities.twins.likeness import LIKELY, Likeness
from duyen.foundation.access.actor import Actor

#: A dry run writes nothing, so it remembers what earlier chunks held; up to so many keys, for memory's sake.
_MOST_REMEMBERED = 300_000
_MOST_NAMED = 3
_LONGEST_SHOWN = 40
#: The reason of a record that a row names by its code, or by what no two records share.
_KNOWN = "known"
_THERE = gettext_lazy("There already")


@dataclass(frozen=True)
class Match:
    """What a row looks like: the record `id`, the `earlier` row of the same chunk, or neither.

    `reason` says so in words; with `is_refused` the rule can do nothing with it. `kind` says in a word what
    speaks against the row.
    """

    id: int | None = None
    earlier: int | None = None
    reason: str = ""
    is_refused: bool = False
    kind: Label = _THERE

    @property
    def is_new(self) -> bool:
        """Whether the row looks like nothing else."""
        return not self.reason

    def told(self, name: str) -> Settled:
        """Give the row as refused or skipped."""
        fate = Fate.REJECTED if self.is_refused else Fate.SKIPPED
        return Settled(fate, str(self.kind), self.reason, name)


_NEW = Match()


class Matcher:
    """Compares the rows of one file with what is there and with each other.

    A record is known by its own code, or by what no two records share. Of what else is like it, only what is
    likely the same counts: a phone that a family shares makes no duplicate by itself.
    """

    def __init__(self, entity: Entity, rule: OnDuplicate, *, is_dry: bool) -> None:
        self._entity = entity
        self._rule = rule
        self._seen = _Seen(entity) if is_dry and rule is not OnDuplicate.CREATE else None
        self._is_dry = is_dry
        self._passed: dict[Known, int] = {}
        self._has_own_code = any(isinstance(each, Code) for each in entity.known_fields)

    def match_known(self, actor: Actor, rows: Sequence[Ready]) -> dict[int, Match]:
        """Say of the rows that name a record that is there which one it is. Two queries at most for all."""
        if self._rule is OnDuplicate.CREATE:
            return {}
        found = find_known(self._entity, actor, {each.known for each in rows if each.known})
        matches = {}
        for place, row in enumerate(rows):
            records = found.get(folded(row.known)) if row.known else None
            if records:
                matches[place] = self._of_known(records)
            elif row.known and self._has_own_code:
                matches[place] = _unknown(row.known[0])
        return matches

    def match(self, actor: Actor, rows: Mapping[int, Ready], first_row: int) -> dict[int, Match]:
        """Say of each row, by its place in the chunk, what it looks like. Three queries at most for all."""
        twice = self._twice(rows, first_row)
        if self._rule is OnDuplicate.CREATE or self._entity.duplicates is None:
            return dict.fromkeys(rows, _NEW) | twice
        rows = {place: row for place, row in rows.items() if place not in twice}
        places = list(rows)
        given, known = [each.columns for each in rows.values()], [each.marks for each in rows.values()]
        found = find_likely(self._entity, actor=actor, given=given, known_marks=known)
        matches = twice
        for place, likenesses in zip(places, found, strict=True):
            matches[place] = self._decide(likenesses, places, first_row)
            if self._seen is not None and matches[place].is_new:
                matches[place] = self._seen.match(actor, rows[place], first_row + place)
        return matches

    def _twice(self, rows: Mapping[int, Ready], first_row: int) -> dict[int, Match]:
        """Find the rows that are known by the same as an earlier row of the file, which is new."""
        if self._has_own_code:
            return {}
        first: dict[Known, int] = {}
        matches: dict[int, Match] = {}
        for place, known in ((place, folded(row.known)) for place, row in rows.items() if row.known):
            number = first_row + first[known] if known in first else self._passed.get(known)
            if number is None:
                first[known] = place
                continue
            reason = _same_row(number, self._why((_KNOWN,)))
            is_refused = self._rule is OnDuplicate.CREATE
            matches[place] = Match(earlier=first.get(known, -1), reason=reason, is_refused=is_refused)
        if self._is_dry and len(self._passed) < _MOST_REMEMBERED:
            self._passed |= {known: first_row + place for known, place in first.items()}
        return matches

    def _of_known(self, records: Sequence[LinkedRecord]) -> Match:
        closed = next((each for each in records if not each.is_open), None)
        if closed is not None:
            return Match(reason=_elsewhere(closed.unit, closed.owner), is_refused=True)
        return self._of_records(
            [
                Likeness(each.id, (_KNOWN,), 100, each.label, entity=each.entity, code=each.code)
                for each in records
            ]
        )

    def _decide(self, likenesses: Sequence[Likeness], places: Sequence[int], first_row: int) -> Match:
        likely = [each for each in likenesses if each.is_likely]
        records = [each for each in likely if each.id is not None]
        if records:
            return self._of_records(records)
        earlier = next((each for each in likely if each.row is not None), None)
        if earlier is not None and earlier.row is not None:
            place = places[earlier.row]
            why = self._why(earlier.reasons) or earlier.label
            return Match(earlier=place, reason=_same_row(first_row + place, why))
        if likely:
            return Match(reason=_elsewhere(likely[0].unit, likely[0].ask), is_refused=True)
        return _NEW

    def _of_records(self, records: Sequence[Likeness]) -> Match:
        best = records[0]
        equals = [each for each in records if each.strength == best.strength]
        if len(equals) > 1 and self._rule is not OnDuplicate.SKIP:
            told = _("%(count)s records look like this row: %(names)s. Merge them, or change the right one.")
            names = ", ".join(_called(each) for each in equals[:_MOST_NAMED])
            return Match(reason=told % {"count": len(equals), "names": names}, is_refused=True)
        words = {"record": _called(best), "why": self._why(best.reasons)}
        if best.entity not in ("", self._entity.name) and self._rule is OnDuplicate.SKIP:
            told = _("There already as %(record)s, of another kind (%(why)s). Open it and go on from there.")
            return Match(id=best.id, reason=told % words, is_refused=True)
        return Match(id=best.id, reason=_("There already as %(record)s: %(why)s.") % words)

    def _why(self, reasons: Sequence[str]) -> str:
        if _KNOWN in reasons:
            return ", ".join(str(each.label) for each in self._entity.known_fields)
        declared = self._entity.duplicates
        known = declared.by_code if declared else {}
        return ", ".join(str(known[code].label) for code in reasons if code in known)


def _called(likeness: Likeness) -> str:
    return f"{likeness.label} ({likeness.code})" if likeness.code else likeness.label


def _same_row(number: int, why: str) -> str:
    return _("Row %(row)s of this file looks the same: %(why)s.") % {"row": number, "why": why}


def _unknown(code: str) -> Match:
    """Refuse a code that no record has: given by us, it can be given to none."""
    told = _(
        "No record has the code “%(code)s”; it may lie in the bin. Correct the code. Leave the cell "
        "empty where the row is a new record: it gets a code of its own."
    )
    reason = told % {"code": code[:_LONGEST_SHOWN]}
    return Match(reason=reason, is_refused=True, kind=gettext_lazy("Unknown code"))


def _elsewhere(unit: str, ask: str) -> str:
    """Tell of a record that the actor may not open no more than that it exists, where, and whom to ask."""
    if ask:
        told = _("There already in %(unit)s, where you may not look. Ask %(ask)s.")
    else:
        told = _("There already in %(unit)s, where you may not look. Ask somebody there.")
    return told % {"unit": unit or _("another unit"), "ask": ask}


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
                found = Match(earlier=-1, reason=_same_row(earlier[0], str(key.label)))
        return found
