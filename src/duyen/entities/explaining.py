"""Explain what one person may do with one record, and why: from the facts that decide about it.

The judgement itself is `Actor.explain`; here the record's place is read, and reasons are put into words.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.errors import NotAllowed, NotFound
from duyen.entities.fields import Label
from duyen.entities.registry import all_entities
from duyen.entities.rights import REACH_LABELS, verbs_of, verbs_on_a_record
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.rules import Explanation, Grant, Opening, Standing, UnitTree
from duyen.foundation.access.words import CHANGE, EXPLAIN, READ, SHARE, Bar, Door, FieldLevel, Reach, Why
from duyen.foundation.org.models import Role, Unit, User
from duyen.foundation.org.queries import PlaceHeld, positions_of
from duyen.foundation.shares.models import Share
from duyen.kernel.clock import today
from duyen.kernel.dates import show_date

Row = Mapping[str, Any]


@dataclass(frozen=True)
class RecordPlace:
    """Where one record stands, read past all rights: never its words, only what decides about it."""

    entity: Entity
    row: Row
    standing: Standing
    bars: frozenset[Bar]
    others: tuple[Entity, ...]

    @property
    def is_in_bin(self) -> bool:
        return Bar.BIN in self.bars


@dataclass(frozen=True)
class Names:
    """The words for roles, units and the record's owner; units with what stands above them."""

    roles: Mapping[int, str]
    units: Mapping[int, str]
    tree: UnitTree
    owner: str

    def place(self, unit_id: int | None) -> str:
        """Name a unit and the units above it, but for the head office."""
        if unit_id is None:
            return _("no unit")
        path = [self.units.get(each, "") for each in self.tree.path(unit_id)]
        above = path[1:-1]
        return f"{path[0]} ({' › '.join(above)})" if above else (path[0] if path else "")

    def position(self, grant: Grant) -> str:
        """Name a position by its role and unit."""
        return _("%(role)s at %(unit)s") % {
            "role": self.roles.get(grant.role_id, ""),
            "unit": self.units.get(grant.unit_id, ""),
        }


@dataclass(frozen=True)
class SharedBefore:
    """A share of the record with the person, also one that is over."""

    by: str
    may_change: bool
    until: dt.date | None

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.until < today()


@dataclass(frozen=True)
class Verdict:
    """One right on the record: whether it may be used, and the reasons for and against in words.

    A right on a record that the person does not see is of no use: `may` is false, and the first of
    `missing` says so.
    """

    verb: str
    label: Label
    explanation: Explanation
    may: bool
    reasons: tuple[str, ...]
    missing: tuple[str, ...]
    steps: tuple[Label, ...]


@dataclass(frozen=True)
class FieldLimit:
    """A field of the record that the person does not see, or sees only, and the roles that say so."""

    name: str
    label: Label
    level: FieldLevel
    roles: tuple[str, ...]


@dataclass(frozen=True)
class Explained:
    """What one person may do with one record."""

    place: RecordPlace
    person: User
    positions: list[PlaceHeld]
    names: Names
    verdicts: list[Verdict]
    limits: list[FieldLimit]

    def verdict(self, verb: str) -> Verdict:
        """Give the verdict on one right."""
        return next(each for each in self.verdicts if each.verb == verb)


def may_explain(actor: Actor, place: RecordPlace) -> bool:
    """Tell whether `actor` may ask about a record: by a right of its own, or because she may share it."""
    if actor.may("users", EXPLAIN):
        return True
    return all(
        actor.explain(place.entity.name, verb, place.standing, bars=place.bars).is_open
        for verb in (READ, SHARE)
    )


def refuse_the_curious(actor: Actor, place: RecordPlace | None, user_id: int | None) -> None:
    """Let those ask who may explain; anybody may ask about herself and a record that she sees.

    Raises NotFound for a record that she may not see, NotAllowed for what is not hers to ask.
    """
    if place is None:
        if not actor.may("users", EXPLAIN):
            raise NotAllowed(why=_("asking about the access of others is for administrators."))
        return
    if may_explain(actor, place):
        return
    if not actor.explain(place.entity.name, READ, place.standing, bars=place.bars).is_open:
        raise NotFound
    if user_id is None or user_id != actor.user_id:
        raise NotAllowed(why=_("only who may share this record or explain access may ask this."))


def place_of(entity: Entity, record_id: int) -> RecordPlace:
    """Read where a record stands, whoever asks. Raises NotFound."""
    found = places_of(entity, [record_id]).get(record_id)
    if found is None:
        raise NotFound
    return found


def places_of(entity: Entity, record_ids: Collection[int]) -> dict[int, RecordPlace]:
    """Read where records stand, by id, whoever asks; asks as often for one as for many."""
    scope = entity.scope
    columns = [
        *filter(None, (scope.owner, scope.unit, scope.named, scope.helpers, scope.closed)),
        *(["deleted_at"] if entity.has_bin else []),
        *(["code"] if "code" in entity.by_name else []),
    ]
    rows = entity.model._default_manager.filter(pk__in=list(record_ids))
    found = list(rows.order_by("pk").values("id", *columns))
    family = [each for each in all_entities() if each.model is entity.model]
    held = {each.name: set(rows.filter(each.kind.q).values_list("pk", flat=True)) for each in family}
    return {
        row["id"]: _place(entity, row, [each for each in family if row["id"] in held[each.name]])
        for row in found
    }


def _place(entity: Entity, row: Row, held: Sequence[Entity]) -> RecordPlace:
    bars = {Bar.KIND} if entity not in held else set()
    if row.get("deleted_at") is not None:
        bars.add(Bar.BIN)
    standing = Standing(
        row["id"],
        row.get(entity.scope.owner),
        row.get(entity.scope.unit),
        entity.scope.is_company_wide,
        entity.scope.holders(row),
        bool(row.get(entity.scope.closed)),
    )
    return RecordPlace(
        entity, row, standing, frozenset(bars), tuple(each for each in held if each is not entity)
    )


def explain_record(place: RecordPlace, user_id: int) -> Explained:
    """Explain what one person may do with a record. Raises NotFound for an unknown person."""
    person = User.objects.filter(pk=user_id).order_by("pk").first()
    if person is None:
        raise NotFound
    actor = actor_for(person, Door.WEB)
    names = names_for(actor, place)
    positions = positions_of(user_id, with_past=True)
    told = _Telling(place, person, positions, names, actor, _shares_with(place, user_id))
    return Explained(place, person, positions, names, told.verdicts(), _limits(place.entity, actor, names))


@dataclass(frozen=True)
class HeldRight:
    """One right of a person on one kind of record, and by which positions, in words."""

    entity: Entity
    label: Label
    by: tuple[str, ...]


def rights_held(person: User) -> list[HeldRight]:
    """List what a person may do with each kind of record, how far, and by which positions."""
    actor = actor_for(person, Door.WEB)
    names = names_for(actor, None)
    grants = actor.facts.grants if actor.facts else {}
    return [
        HeldRight(
            entity, each.label, tuple(_held(entity, grant, names) for grant in grants[entity.name, each.verb])
        )
        for entity in all_entities()
        for each in verbs_of(entity)
        if (entity.name, each.verb) in grants
    ]


def _held(entity: Entity, grant: Grant, names: Names) -> str:
    if entity.scope.is_company_wide:
        return names.position(grant)
    words = {"reach": REACH_LABELS[grant.reach], "position": names.position(grant)}
    return _("%(reach)s, as %(position)s") % words


def names_for(actor: Actor, place: RecordPlace | None) -> Names:
    """Read the words that an explanation speaks in."""
    tree = actor.facts.tree if actor.facts else UnitTree.of([])
    owner_id = (place.standing.owner_id if place else None) or 0
    owner = User.objects.filter(pk=owner_id).values_list("full_name", flat=True).order_by("pk").first()
    return Names(
        roles=dict(Role.objects.values_list("pk", "name")),
        units=dict(Unit.objects.values_list("pk", "name")),
        tree=tree,
        owner=owner or "",
    )


def _shares_with(place: RecordPlace, user_id: int) -> list[SharedBefore]:
    rows = Share.objects.filter(
        entity=place.entity.name, record_id=place.standing.record_id, user_id=user_id
    ).annotate(by=F("created_by__full_name"))
    return [
        SharedBefore(by or "", may, until) for by, may, until in rows.values_list("by", "may_change", "until")
    ]


def _limits(entity: Entity, actor: Actor, names: Names) -> list[FieldLimit]:
    if actor.facts is None:
        return []
    found = []
    for each in entity.fields:
        level = entity.level(actor, each.name)
        if level is not None:
            same = ((entity.name, each.name), *entity.same_data[each.name])
            roles = {role_id for pair in same for role_id in actor.facts.field_levels.get(pair, ())}
            found.append(
                FieldLimit(each.name, each.label, level, tuple(names.roles.get(pk, "") for pk in roles))
            )
    return found


@dataclass(frozen=True)
class _Telling:
    """All that the sentences about one person and one record are made of."""

    place: RecordPlace
    person: User
    positions: Sequence[PlaceHeld]
    names: Names
    actor: Actor
    shares: Sequence[SharedBefore]

    def verdicts(self) -> list[Verdict]:
        entity = self.place.entity
        judged = {
            each.verb: self.actor.explain(entity.name, each.verb, self.place.standing, bars=self.place.bars)
            for each in verbs_on_a_record(entity)
        }
        sees = judged[READ].is_open and self.person.is_active
        return [
            self._verdict(each.verb, each.label, judged[each.verb], sees)
            for each in verbs_on_a_record(entity)
        ]

    def _verdict(self, verb: str, label: Label, found: Explanation, sees: bool) -> Verdict:
        missing = self._bars(found)
        if found.is_open and not sees and self.person.is_active:
            missing = [_("The right reaches this record, but the person does not see it.")]
        if not found.openings and Bar.CLOSED not in found.bars:
            missing += self._shortfalls(verb, label, found)
        steps = [each.label for each in self.place.entity.actions if each.needs == verb and not each.part]
        reasons = tuple(self._reason(each, verb) for each in found.openings)
        return Verdict(verb, label, found, found.is_open and sees, reasons, tuple(missing), tuple(steps))

    def _bars(self, found: Explanation) -> list[str]:
        said = []
        if not self.person.is_active:
            said.append(_("The account is locked: no door opens for it."))
        if Bar.KIND in found.bars:
            others = ", ".join(str(each.labels) for each in self.place.others)
            words = {"kind": self.place.entity.labels, "others": others or "—"}
            said.append(_("The record is not among: %(kind)s. It is among: %(others)s.") % words)
        if Bar.CLOSED in found.bars:
            said.append(_("The record is private: only its owner and those whom it names see it."))
        if Bar.BIN in found.bars:
            said.append(_("The record is in the bin, where nobody works with it. It can be restored."))
        return said

    def _reason(self, opening: Opening, verb: str) -> str:
        grant, deputyship = opening.grant, opening.deputyship
        if deputyship is not None:
            words = {"name": deputyship.name, "day": show_date(deputyship.until)}
            return _("Stands in for %(name)s, who owns the record and is away until %(day)s.") % words
        if grant is None:
            return self._shared(verb)
        words = {"position": self.names.position(grant), "reach": REACH_LABELS[grant.reach]}
        if opening.why is Why.OWNER:
            return _("%(position)s: this person owns the record.") % words
        if opening.why is Why.UNIT:
            words["place"] = self.names.place(self.place.standing.unit_id)
            return _("%(position)s, reach “%(reach)s”: the record stands in %(place)s.") % words
        if self.place.standing.is_company_wide:
            return _("%(position)s: the role has this right.") % words
        return _("%(position)s, reach “%(reach)s”.") % words

    def _shared(self, verb: str) -> str:
        share = next(each for each in self.shares if not each.is_over and (verb == READ or each.may_change))
        words = {"who": share.by or "Duyên", "day": show_date(share.until) if share.until else ""}
        if share.until:
            return _("Shared by name by %(who)s, until %(day)s.") % words
        return _("Shared by name by %(who)s, for good.") % words

    def _shortfalls(self, verb: str, label: Label, found: Explanation) -> list[str]:
        said = [self._short(each) for each in found.short]
        if found.is_without_right:
            said += self._without_right(label)
        for share in self.shares:
            if share.until and share.is_over and verb in (READ, CHANGE):
                said.append(_("A share ended on %(day)s.") % {"day": show_date(share.until)})
            elif verb == CHANGE and not share.may_change:
                said.append(_("The record is shared with this person to read only."))
        return said

    def _short(self, grant: Grant) -> str:
        words = {"position": self.names.position(grant), "reach": REACH_LABELS[grant.reach]}
        if grant.reach is Reach.OWN:
            if not self.names.owner:
                return _("%(position)s: only own records, and nobody owns this one.") % words
            words["owner"] = self.names.owner
            return _("%(position)s: only own records, and this one belongs to %(owner)s.") % words
        words["place"] = self.names.place(self.place.standing.unit_id)
        if not self.names.owner:
            return _("%(position)s: only records of the %(reach)s, and this one stands in %(place)s.") % words
        words["owner"] = self.names.owner
        sentence = _(
            "%(position)s: only records of the %(reach)s, and this one stands in %(place)s, with %(owner)s."
        )
        return sentence % words

    def _without_right(self, label: Label) -> list[str]:
        """Say that no position gives the right, and which positions are over or not begun."""
        day = today()
        held = [each for each in self.positions if each.since <= day and not each.is_over]
        words = {"right": label, "kind": self.place.entity.labels}
        if held:
            roles = ", ".join(dict.fromkeys(each.role for each in held))
            sentence = _("The role gives no right “%(right)s” on %(kind)s: %(roles)s.")
            said = [sentence % (words | {"roles": roles})]
        else:
            said = [_("This person holds no position today, so no role gives a right.")]
        return said + [self._not_now(each) for each in self.positions if each not in held][:3]

    def _not_now(self, held: PlaceHeld) -> str:
        words = {"role": held.role, "unit": held.unit, "day": show_date(held.until or held.since)}
        if held.is_over:
            return _("The position %(role)s at %(unit)s ended on %(day)s.") % words
        words["day"] = show_date(held.since)
        return _("The position %(role)s at %(unit)s begins on %(day)s.") % words
