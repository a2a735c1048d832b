"""What stands in another table and belongs to a record so closely that lists show it.

A contact works at a firm: the tie is a row of its own, with a step of its own on the page of the firm.
Lists, exports and REST show such columns beside the fields of the record; an import makes the row with
the record. Forms and filters do not know them: there the tie is made by its step.

A higher module shows what follows from its own rows in the same way, and no file brings it: when somebody
was last in touch (`Glance`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from duyen.entities.fields import Field, Label, Link
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.kernel.errors import FieldProblem

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from duyen.entities.entity import Entity

#: Begins the columns of what stands beside a record, so that they meet none of its table's.
BESIDE = "~"
#: Columns by record id.
Loaded = Mapping[int, Mapping[str, Any]]


@dataclass(frozen=True)
class Brought:
    """What a row of a file says of it: the record, what it is tied to, and the other fields that it fills."""

    record_id: int
    other_id: int
    values: Mapping[str, Any]


class Glance:
    """What another table holds of records, for those who may read the kind in `reads`; nobody sets it here.

    The columns of its fields begin with «~», so that they meet none of the record's table.
    """

    reads: str = ""

    @property
    def fields(self) -> Sequence[Field]:
        """The fields as they stand in a list."""
        raise NotImplementedError

    def load(self, ids: Collection[int]) -> Loaded:
        """Give the columns of the fields for those of the records that have any: one query."""
        raise NotImplementedError


class Beside(Glance):
    """A row of another table that ties a record to another one.

    `link` leads to the other record, `others` are the fields that belong to the tie. All of them are set
    by its own steps, never by a form of the record: they are not editable.
    """

    label: Label
    link: Link
    others: Sequence[Field] = ()

    @property
    def fields(self) -> tuple[Field, ...]:
        """The link and the other fields, as they stand in a list."""
        return (self.link, *self.others)

    def may_bring(self, actor: Actor) -> bool:
        """Tell whether the actor may tie anything at all, so that a file may bring it."""
        raise NotImplementedError

    def reach(self, actor: Actor) -> QuerySet[Any]:
        """Give the other records that the actor may tie to: those on which she may take the step."""
        raise NotImplementedError

    def refusal(self, given: str) -> str:
        """Say that nothing within reach is called so, and how to name one."""
        raise NotImplementedError

    def judge(self, values: Mapping[str, Any], *, is_tied: bool) -> Iterable[FieldProblem]:
        """Find what is wrong with what a row says; `is_tied` tells whether it names another record."""
        raise NotImplementedError

    def hold(self, other_ids: Collection[int]) -> set[int]:
        """Keep the other records where they are until the transaction ends; give those that are there."""
        raise NotImplementedError

    def make(self, brought: Sequence[Brought]) -> None:
        """Tie new records. The trail is open."""
        raise NotImplementedError

    def meet(self, brought: Sequence[Brought], *, overwrites: bool, writes: bool) -> set[int]:
        """Tie records that were there already, and give those on which something changed.

        Where one is tied to the same other record, the row fills in what the tie lacks, or with
        `overwrites` changes it. Without `writes` nothing is written. The records are locked, and the trail
        is open.
        """
        raise NotImplementedError

    def tied_by(self, operations: Collection[int]) -> set[int]:
        """Give the records on which these operations wrote it."""
        raise NotImplementedError

    def take_back(self, operations: Collection[int], ids: Collection[int]) -> set[int]:
        """Take back what these operations wrote of it on these records, where nobody changed it since.

        Gives the records on which something went back. The trail is open.
        """
        raise NotImplementedError


def code_head(field: Field) -> str:
    """Give the head of the column with the code of what a link leads to: a name may be that of several."""
    return _("%(field)s: code") % {"field": field.label}


def shown_fields(entity: Entity, actor: Actor) -> dict[str, Field]:
    """Give, by name, what a list may show to the actor: her fields, and what stands beside the records."""
    return {each.name: each for each in (*entity.readable(actor), *beside_fields(entity, actor))}


def beside_fields(entity: Entity, actor: Actor) -> list[Field]:
    """List what stands beside the records and tells of kinds that the actor may read."""
    ties = [each for beside in entity.beside if actor.may(beside.link.to, READ) for each in beside.fields]
    return [
        *ties,
        *(each for glance in entity.glances if actor.may(glance.reads, READ) for each in glance.fields),
    ]


def all_beside(entity: Entity) -> list[Glance]:
    """List all that stands beside the records, ties first."""
    return [*entity.beside, *entity.glances]


def load_beside(entity: Entity, fields: Iterable[Field], rows: Sequence[dict[str, Any]]) -> None:
    """Put into rows the columns of those fields that stand beside the records: one query for each kind."""
    wanted = {each.name for each in fields}
    for beside in all_beside(entity):
        if not rows or not wanted & {each.name for each in beside.fields}:
            continue
        found = beside.load([row["id"] for row in rows])
        blank = {column: value for each in beside.fields for column, value in each.store(each.blank).items()}
        for row in rows:
            row.update(found.get(row["id"], blank))
