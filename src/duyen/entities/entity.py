"""The declaration of one business entity; everything else is derived from it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from django.db import models
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import Action
from duyen.entities.approvals.declared import Limit
from duyen.entities.attachments.declared import Files
from duyen.entities.beside import Beside, Glance
from duyen.entities.boards.declared import Board
from duyen.entities.completeness.declaring import COLUMN, Completeness
from duyen.entities.custom import columns as own_columns
from duyen.entities.dated.declared import Calendar, Months
from duyen.entities.fields import Code, Field, Label, Score
from duyen.entities.guards import Guard
from duyen.entities.lifecycle import Lifecycle
from duyen.entities.listing import Listing
from duyen.entities.living import Description, Draft, living, snapshot
from duyen.entities.marking import Marks, Warned
from duyen.entities.merging.declared import PLAIN, MergeRules
from duyen.entities.pages import Lead, Panel, Preview, Tab
from duyen.entities.personal.declared import Personal
from duyen.entities.scope import EVERY_ROW, Kind, Scope
from duyen.entities.through import Through
from duyen.entities.timelines.declared import Around, TimelineSource
from duyen.entities.twins.declared import Duplicates
from duyen.entities.twins.likeness import Meant
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ, FieldLevel
from duyen.kernel.errors import FieldProblem
from duyen.kernel.numbering import CodePattern

Row = Mapping[str, Any]
#: A line of field names, or lines under a title.
FormPart = str | tuple[Label, Sequence[str]]
#: Judges the clean values of a whole record: the values as they will be, and as they were.
Rule = Callable[[Row, Row | None], Iterable[FieldProblem]]
#: Writes what a new record needs beside its own row; gets the rows of a whole set, ids included.
Birth = Callable[[Actor, Sequence[Row]], None]
#: Writes the rows of other tables that new records point at, before those are written: gets the rows of a set
#: and what they share, and gives the rows with what they point at.
Forerun = Callable[[Actor, Sequence[dict[str, Any]], Row], Sequence[dict[str, Any]]]
#: Works out columns that follow from the clean values (a default, a derived code).
Completion = Callable[[dict[str, Any], Actor], None]
#: Tells of a row why it cannot go into the bin, or come out of it, or nothing.
Keeper = Callable[[Row], Label | None]
#: Fills in, in the values of one row of a file as they were written there, what the file leaves out.
Presumption = Callable[[dict[str, object]], None]


@dataclass(frozen=True)
class Rows:
    """Where the rows of a part stand, so that lists filter and reports group by them.

    `root` is their column with the id of the record. Whoever may not see the fields `tells` of the record
    does not ask by the part either.

    `first` is the column that marks one row of each record; `first_by` names for a link of the part the
    column that marks one row of each record with each value of it. Whoever writes the rows keeps both, and
    records are counted by them without being told apart.
    """

    model: type[models.Model]
    root: str
    tells: Sequence[str] = ()
    first: str = ""
    first_by: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Part:
    """Rows of another table that belong to a record: by `family` the trail knows them.

    With its `model`, roll-ups of the records to which its links lead can add them up; with its `rows`, a
    filter names its fields as `family.field`.
    """

    family: str
    label: Label
    fields: Sequence[Field]
    model: type[models.Model] | None = None
    rows: Rows | None = None

    def field(self, name: str) -> Field | None:
        """Find one of its fields."""
        return next((each for each in self.fields if each.name == name), None)


@dataclass(eq=False)
class Entity:
    """One business entity.

    `name` is the plural used in addresses, the API and rights. `family` names the table in the
    trail, where several entities share one. `form` lists lines of field names, under optional
    section titles. `grants` are the rights that the default roles start with:
    role code → "reach: verb verb …". `key` is the letter that leads to the list after G, and to
    the form of a new record after C. `presume` works out of what a file says what it leaves out: the fields
    `presumed`, which a file then need not hold; `for_all`
    are fields that one says for a whole file. `parts` are the rows of other tables that belong to a record.
    `rights` are those, by verb and word, that no step asks for but a page does. `preview` tells in the form
    of a record what a change of it would do. `merging` is what this kind adds to a merge,
    none that its records are never merged; `duplicates` says
    by what two records may be one, `meant` whom of another kind a new one may be, `known_by` names the fields
    whose values together no two records share
    (a record's own code needs no word), `completeness` what makes a record complete: its score is a field.
    `beside` is what other tables tie to a record that lists show and imports bring, `glances` what
    higher modules know of it and lists show. `files` says how files
    are kept on records, none that there are none; `party` is the column with a record's party. `leads` are
    pages of the module's own to which the menu of a record leads. `worked_out` names fields that nobody sets
    and `complete` gives a value; `tells` says from which others one follows: field → "field field", and
    whoever may not see those does not see it. `opens_through` says through which other records one is
    opened, to be read where it is named, and never in lists.
    `in_menu` false leaves its list out of the navigation, `in_search` false its records out of what is
    searched everywhere: they are only chosen in forms. `under` is the address of the page of the navigation
    to which its list belongs. `timeline` is what tells of its records beside
    their own steps and files, `around` gives the records whose doings show there too.
    `keeps` says of a row why it cannot go into
    the bin, `bars` of one there why it cannot come out. `limits` hides fields from default roles until a
    company decides otherwise: field → "role role". `approvals` are limits on steps that the engine gives, by
    verb. `rules_ask` says that rules or the completion ask the
    database, so that no file is judged ahead of it. `boards` show the records of its lists in lanes,
    `calendar` in the days of a month, `months` added up by month. `marks` says what
    warns of its records, `warned` which of that its lists show and are filtered by. `personal` says what its
    records hold of a person, and what an erasure makes of that; without it nothing starts.
    `before_birth` writes the rows of other tables at which new records point. `order` names the columns by
    which its records stand where one chooses among all of them, none for their names; `told_apart_by` is the
    link that is said beside those of one name.
    """

    model: type[models.Model]
    name: str
    label: Label
    labels: Label
    icon: str
    fields: Sequence[Field]
    lists: Sequence[Listing]
    form: Sequence[FormPart]
    title: str = "name"
    family: str = ""
    group: Label = ""
    key: str = ""
    scope: Scope = field(default_factory=Scope)
    kind: Kind = EVERY_ROW
    code: CodePattern | None = None
    fixed: Mapping[str, Any] = field(default_factory=dict)
    rules: Sequence[Rule] = ()
    complete: Completion | None = None
    born: Birth | None = None
    before_birth: Forerun | None = None
    actions: Sequence[Action] = ()
    lifecycle: Lifecycle | None = None
    grants: Mapping[str, str] = field(default_factory=dict)
    public_labels: bool = False
    search: str = ""
    summary: Sequence[str] = ()
    facts: Sequence[str] = ()
    tabs: list[Tab] = field(default_factory=list)
    panels: list[Panel] = field(default_factory=list)
    leads: list[Lead] = field(default_factory=list)
    timeline: list[TimelineSource] = field(default_factory=list)
    around: list[Around] = field(default_factory=list)
    glances: list[Glance] = field(default_factory=list)
    presume: Presumption | None = None
    presumed: Sequence[str] = ()
    for_all: Sequence[str] = ()
    parts: Sequence[Part] = ()
    beside: Sequence[Beside] = ()
    rights: Mapping[str, Label] = field(default_factory=dict)
    preview: Preview | None = None
    merging: MergeRules | None = PLAIN
    duplicates: Duplicates | None = None
    meant: Meant | None = None
    known_by: str = ""
    completeness: Completeness | None = None
    files: Files | None = Files()  # noqa: RUF009 - frozen
    party: str = ""
    worked_out: Sequence[str] = ()
    tells: Mapping[str, str] = field(default_factory=dict)
    opens_through: Through | None = None
    in_menu: bool = True
    under: str = ""
    in_search: bool = True
    keeps: Keeper | None = None
    bars: Keeper | None = None
    limits: Mapping[str, str] = field(default_factory=dict)
    approvals: MutableMapping[str, Limit] = field(default_factory=dict)
    rules_ask: bool = False
    boards: Sequence[Board] = ()
    calendar: Calendar | None = None
    months: Months | None = None
    marks: Marks | None = None
    warned: Sequence[Warned] = ()
    personal: Personal | None = None
    order: Sequence[str] = ()
    told_apart_by: str = ""
    relatives: list[Entity] = field(default_factory=list, init=False, repr=False)
    #: What higher modules set against its steps, by verb.
    guards: dict[str, list[Guard]] = field(default_factory=dict, init=False, repr=False)
    #: What higher modules foretell in the dialogs of its steps, by verb; a step's own preview goes before.
    foretold: dict[str, Preview] = field(default_factory=dict, init=False, repr=False)

    def __post_init__(self) -> None:
        self.family = self.family or self.name
        if self.scored_as_declared:
            self.fields = (*self.fields, Score(COLUMN, _("Completeness")))
        if self.lifecycle:
            self.fields = (*self.fields, self.lifecycle.field())
            self.actions = (*self.actions, *self.lifecycle.actions(self.name, self.model))

    @property
    def declared(self) -> Draft:
        """What the module declares, before the company changed anything."""
        return Draft(**{each: self.__dict__[f"_declared_{each}"] for each in LIVING})

    @property
    def scored_as_declared(self) -> Completeness | None:
        """What makes a record complete as the module declares it."""
        found: Completeness | None = self.__dict__.get("_declared_completeness")
        return found

    @property
    def always_required(self) -> frozenset[str]:
        """Name the fields that the module itself requires, whatever the company decides."""
        return frozenset(each.name for each in self.declared.fields if each.required)

    @property
    def merge_rules(self) -> MergeRules:
        """What this kind of record adds to a merge."""
        return self.merging or PLAIN

    @property
    def description(self) -> Description:
        """What the entity is under the version of the definitions that is pinned here."""
        return snapshot().of(self)

    @property
    def by_name(self) -> dict[str, Field]:
        """The fields by name."""
        return self.description.by_name

    @cached_property
    def table(self) -> str:
        return self.model._meta.db_table

    @cached_property
    def has_bin(self) -> bool:
        """Whether deleting keeps the row; decided by the table's columns."""
        return any(each.name == "deleted_at" for each in self.model._meta.get_fields())

    @cached_property
    def has_owner(self) -> bool:
        return bool(self.scope.owner)

    @property
    def columns(self) -> tuple[str, ...]:
        """Every column of the table that some field needs, once each; `unfold` rows read by them."""
        return self.description.columns

    @property
    def held_columns(self) -> tuple[str, ...]:
        """Every column of a row that is held for a write: those of the fields, and those behind the score."""
        return self.description.held_columns

    @property
    def json_columns(self) -> tuple[str, ...]:
        """The columns among `columns` that hold JSON."""
        return self.description.json_columns

    def unfold(self, row: MutableMapping[str, Any]) -> None:
        """Put the values of the company's own fields beside the columns of a row that was read."""
        virtual = self.description.virtual
        if virtual:
            own_columns.unfold(row, virtual)

    def field(self, name: str) -> Field:
        """Give the field called `name`. Raises KeyError."""
        return self.by_name[name]

    def listing(self, name: str = "") -> Listing:
        """Give one list by name, or the first."""
        return next((each for each in self.lists if each.name == name), self.lists[0])

    def rows(
        self,
        actor: Actor,
        verb: str = READ,
        *,
        deleted: bool | None = False,
        with_closed: bool = False,
    ) -> QuerySet[Any]:
        """Give the rows on which `actor` may use `verb`: every read, lock and update starts here.

        `deleted` false leaves out the bin, true gives the bin alone, none gives both. `with_closed` gives
        what keeps itself from the actor too: whoever asks for it tells no more of it than that it is there.
        """
        inside = self.scope.as_q(actor.scope(self.name, verb), verb, with_closed=with_closed)
        found = self.model._default_manager.filter(self.kind.q, inside)
        if not self.has_bin or deleted is None:
            return found
        return found.filter(deleted_at__isnull=not deleted)

    def readable(self, actor: Actor) -> list[Field]:
        """List the fields that `actor` may see."""
        return [each for each in self.fields if self.level(actor, each.name) is not FieldLevel.HIDDEN]

    def remembered(self, actor: Actor) -> list[Field]:
        """List the fields that `actor` may see in the history: those of now, and own ones out of use."""
        former = (each for each in self.former if self.level(actor, each.name) is not FieldLevel.HIDDEN)
        return [*self.readable(actor), *former]

    @property
    def former(self) -> tuple[Field, ...]:
        """The company's own fields that are retired or deleted, by their last labels."""
        return self.description.draft.former

    @property
    def known_fields(self) -> list[Field]:
        """List the fields that tell one record from all others: those that are declared, or its own code."""
        if self.known_by:
            return [self.field(each) for each in self.known_by.split()]
        return [each for each in self.fields if isinstance(each, Code)]

    def writable(self, actor: Actor) -> list[Field]:
        """List the fields that `actor` may set in a new record."""
        return [each for each in self.fields if each.editable and self.level(actor, each.name) is None]

    def changeable(self, actor: Actor) -> list[Field]:
        """List the fields that `actor` may set in a record that is there."""
        return [each for each in self.writable(actor) if not each.at_birth]

    def level(self, actor: Actor, name: str) -> FieldLevel | None:
        """Give the limit of `actor` on one field; none means it may be read and changed."""
        description = self.description
        source, limits = actor.limits.get(self.name, (None, {}))
        if source is not description:
            limits = {}
            actor.limits[self.name] = (description, limits)
        if name not in limits:
            limits[name] = self._level(description, actor, name)
        return limits[name]

    def _level(self, description: Description, actor: Actor, name: str) -> FieldLevel | None:
        found = actor.field_level(self.name, name, same=description.same_data.get(name, ()))
        if found is FieldLevel.HIDDEN or not description.draft.derived:
            return found
        # What is read behind a link is told to nobody who may not read such records at all.
        far = description.behind.get(name, ())
        is_open = all(each.public_labels or actor.may(each.name, READ) for each in far)
        return found if is_open or actor.is_system else FieldLevel.HIDDEN

    @property
    def same_data(self) -> Mapping[str, tuple[tuple[str, str], ...]]:
        """By field, the others that stand in the same columns: of relatives, or parts copied from it.

        A person is one row, as a customer and as a contact; whoever may not see her phone as the one
        does not see it as the other. A score tells of all that it follows from, and so does what `tells`.
        """
        return self.description.same_data

    def values(self, row: Row) -> dict[str, Any]:
        """Turn a row's columns into clean values by field name."""
        return {each.name: each.load(row) for each in self.fields}

    def action(self, verb: str) -> Action:
        """Give the action called `verb`. Raises KeyError."""
        for each in self.actions:
            if each.verb == verb:
                return each
        raise KeyError(verb)

    def limit_of(self, verb: str) -> Limit | None:
        """Give the limit on a step, the entity's own or the engine's; none where nobody has to grant it."""
        return self.approval_limits.get(verb)

    @property
    def approval_limits(self) -> Mapping[str, Limit]:
        """The limits on the steps of the entity, by verb."""
        named = {each.verb: each.approval for each in self.actions if each.approval is not None}
        return {**named, **self.approvals}

    @property
    def all_limits(self) -> list[Limit]:
        """Every limit under which a request about the entity may stand, each once."""
        named = (limit for each in self.approval_limits.values() for limit in (each, *each.instead))
        return list(dict.fromkeys(named))

    def title_of(self, row: Row) -> str:
        """Give the words by which people know the record."""
        return str(row[self.field(self.title).columns[0]] or "")


#: What a company may change of an entity; see `living`.
LIVING = ("fields", "form", "lists", "summary", "facts", "rules")
for _each in LIVING:
    setattr(Entity, _each, living(_each))


def _scored(entity: Entity) -> Completeness | None:
    """Give what makes a record complete under the version that is pinned here."""
    return entity.description.completeness


def _declare_scored(entity: Entity, declared: Completeness | None) -> None:
    entity.__dict__["_declared_completeness"] = declared


Entity.completeness = property(_scored, _declare_scored)  # type: ignore[assignment] # as LIVING
