"""Which rows a right opens, said twice and nowhere else: for a QuerySet and for a list's SQL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from django.db.models import Model, Q

from duyen.entities.sql import TRUE, Sql, all_of, any_of, name
from duyen.foundation.access.rules import NOBODY, ScopeFacts
from duyen.foundation.access.words import CHANGE, READ

#: Up to so many owners or units a list asks one indexed branch each; above, one branch for all.
MOST_BRANCHES = 30
#: Up to so many owners or units an index on them narrows a search.
FEW = 8


@dataclass(frozen=True)
class Scope:
    """How records of an entity belong to people and units.

    `owner` and `unit` are plain columns. A scope without both is for things of the whole
    company: whoever has the right has it on all rows. `named` and `helpers` are columns with arrays of user
    ids: those whom a record names read it, its helpers change it too, as if it were their own. Where `closed`
    is true, a record keeps itself to its owner, to whom it names and with whom it is shared: neither a unit
    nor the whole company opens it, and nobody stands in for its owner.
    """

    owner: str = "owner_id"
    unit: str = "unit_id"
    named: str = ""
    helpers: str = ""
    closed: str = ""

    @property
    def is_company_wide(self) -> bool:
        return not self.owner and not self.unit

    def is_narrow(self, facts: ScopeFacts) -> bool:
        """Tell whether owners and units are so few that their own indexes find the rows."""
        return not (facts.everything or self.is_company_wide or len(facts.owners) + len(facts.units) > FEW)

    def naming(self, verb: str) -> str:
        """Give the column with the people to whom a record itself opens a verb; empty where there is none."""
        return {READ: self.named, CHANGE: self.helpers}.get(verb, "")

    def holders(self, row: Mapping[str, Any]) -> dict[str, frozenset[int]]:
        """Give by verb the people to whom a record opens it by naming them."""
        verbs = {verb: self.naming(verb) for verb in (READ, CHANGE)}
        return {verb: frozenset(row.get(column) or ()) for verb, column in verbs.items() if column}

    def as_q(self, facts: ScopeFacts, verb: str = READ, *, with_closed: bool = False) -> Q:
        """Render for a QuerySet that is filtered, locked, counted or updated.

        `with_closed` leaves in what keeps itself from the actor: for who tells no more of it than that it is.
        """
        opened = self._opened(facts, verb)
        if with_closed or not self._closes(facts):
            return opened
        viewer = facts.viewer or NOBODY
        hers = Q(**{self.closed: False}) | Q(**{self.owner: viewer})
        if self.named:
            hers |= Q(**{f"{self.named}__contains": [viewer]}) & ~Q(**{self.named: []})
        if facts.shared and viewer != NOBODY:
            hers |= Q(pk__in=sorted(facts.shared))
        return opened & hers

    def _closes(self, facts: ScopeFacts) -> bool:
        return bool(self.closed) and facts.viewer is not None

    def closing(self, facts: ScopeFacts, alias: str) -> Sql:
        """Say which rows do not keep themselves from the actor: all of them where nothing is ever closed."""
        if not self._closes(facts):
            return TRUE
        viewer = facts.viewer or NOBODY
        hers = [Sql(f"NOT {alias}.{name(self.closed)}"), Sql(f"{alias}.{name(self.owner)} = %s", (viewer,))]
        if self.named:
            column = f"{alias}.{name(self.named)}"
            hers.append(Sql(f"{column} @> %s::bigint[]", ([viewer],)))
        if facts.shared and viewer != NOBODY:
            hers.append(Sql(f"{alias}.id = ANY(%s)", (sorted(facts.shared),)))
        return any_of(hers)

    def _opened(self, facts: ScopeFacts, verb: str) -> Q:
        if facts.everything or (self.is_company_wide and not facts.is_empty):
            return Q()
        found = Q(pk__in=sorted(facts.shared))
        if self.owner and facts.owners:
            found |= Q(**{f"{self.owner}__in": sorted(facts.owners)})
        if self.unit and facts.units:
            found |= Q(**{f"{self.unit}__in": sorted(facts.units)})
        if (column := self.naming(verb)) and facts.owners:
            # The second half lets an index of those rows alone that name anybody find them.
            found |= Q(**{f"{column}__overlap": sorted(facts.owners)}) & ~Q(**{column: []})
        return found

    def branches(self, facts: ScopeFacts, alias: str, *, leading: frozenset[str] = frozenset()) -> list[Sql]:
        """Render for a list: one condition per branch of a UNION; none means no row at all.

        Owners and units are asked one by one where an index leads from their column to the
        list's order (`leading`). Elsewhere one branch asks for all of them: the order's own
        index then finds the first rows, where one branch each would sort every row of each unit.
        """
        closing = self.closing(facts, alias)
        return [all_of([each, closing]) for each in self._branches(facts, alias, leading)]

    def opens_few(self, branch: Sql, facts: ScopeFacts, alias: str) -> bool:
        """Tell whether a branch opens few rows, as owners and shares do; a unit and the company open many."""
        return branch not in (TRUE, self.closing(facts, alias)) and name(self.unit) not in branch.text

    def _branches(self, facts: ScopeFacts, alias: str, leading: frozenset[str]) -> list[Sql]:
        if facts.everything or (self.is_company_wide and not facts.is_empty):
            return [TRUE]
        found: list[Sql] = []
        for column, ids in ((self.owner, facts.owners), (self.unit, facts.units)):
            if column and ids:
                found += _split(f"{alias}.{name(column)}", sorted(ids), is_led=column in leading)
        if facts.shared:
            found.append(Sql(f"{alias}.id = ANY(%s)", (sorted(facts.shared),)))
        return [*found, *self._named(facts, alias, READ)]

    def _named(self, facts: ScopeFacts, alias: str, verb: str) -> list[Sql]:
        if not (self.naming(verb) and facts.owners):
            return []
        column = f"{alias}.{name(self.naming(verb))}"
        return [Sql(f"({column} && %s::bigint[] AND {column} <> '{{}}')", (sorted(facts.owners),))]

    def as_sql(self, facts: ScopeFacts, alias: str, verb: str = READ) -> Sql:
        """Render as one condition, where rows are few already: searches, counts, checks of one id.

        Many units open much of the table: their index is then kept out of it, because a bitmap of
        all their rows costs more than it saves.
        """
        closing = self.closing(facts, alias)
        if facts.everything or (self.is_company_wide and not facts.is_empty):
            return closing
        found = [
            Sql(f"{_unindexed(alias, column, ids)} = ANY(%s)", (sorted(ids),))
            for column, ids in ((self.owner, facts.owners), (self.unit, facts.units))
            if column and ids
        ]
        if facts.shared:
            found.append(Sql(f"{alias}.id = ANY(%s)", (sorted(facts.shared),)))
        return all_of([any_of([*found, *self._named(facts, alias, verb)]), closing])


@lru_cache(maxsize=256)
def leading_columns(model: type[Model], order: str) -> frozenset[str]:
    """Name the columns from which an index of `model` leads straight to the column `order`."""
    columns = {each.name: str(each.column) for each in model._meta.concrete_fields}
    paths = [[columns[each] for each in index.fields] for index in model._meta.indexes]
    return frozenset(path[0] for path in paths if path[1:2] == [order])


def _unindexed(alias: str, column: str, ids: frozenset[int]) -> str:
    """Name a column, past its index where many ids are asked for."""
    plain = f"{alias}.{name(column)}"
    return f"({plain} + 0)" if len(ids) > FEW else plain


def _split(column: str, ids: list[int], *, is_led: bool) -> list[Sql]:
    if len(ids) > MOST_BRANCHES or (len(ids) > 1 and not is_led):
        return [Sql(f"{column} = ANY(%s)", (ids,))]
    return [Sql(f"{column} = %s", (one,)) for one in ids]


@dataclass(frozen=True)
class Kind:
    """A standing condition that makes rows of a shared table belong to one entity, said both ways.

    `sql` names the table by the place `{t}`.
    """

    q: Q
    sql: str

    def at(self, alias: str) -> Sql:
        return Sql(self.sql.replace("{t}", alias))


EVERY_ROW = Kind(Q(), "TRUE")


def standing(kind: Kind, alias: str, *, deleted: bool | None) -> Sql:
    """Join the entity's own condition with “not in the bin” (or “in it”; none for both)."""
    parts = [kind.at(alias)]
    if deleted is not None:
        parts.append(Sql(f"{alias}.deleted_at IS {'NOT NULL' if deleted else 'NULL'}"))
    return all_of(parts)
