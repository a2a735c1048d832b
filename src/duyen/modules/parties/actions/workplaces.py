"""Where contacts work: shown in their lists, brought in with them from files.

A file ties a contact under the same conditions as the step on the page of the firm: the firm is one that
can have contacts, and whoever ties may change it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.beside import Beside, Brought, Loaded
from duyen.entities.fields import Choice, Link, Text
from duyen.entities.registry import entity_named
from duyen.entities.writing import insert_rows, next_ids, update_row
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.kernel.clock import today
from duyen.kernel.errors import FieldProblem
from duyen.modules.parties import choices, queries, rules
from duyen.modules.parties.file_heads import WORKPLACE_HEADS
from duyen.modules.parties.models import Tie
from duyen.modules.parties.words import TieKind

_FIRM, _TITLE, _ROLE = "~organisation", "~job_title", "~contact_role"
#: Where the other fields of a tie are kept.
_COLUMNS = {"job_title": "job_title", "contact_role": "role"}


class Workplace(Beside):
    """The firm at which a contact works, of several the one whose main contact she is, else the oldest."""

    label = _("Works at")
    link = Link(
        "organisation",
        _("Works at"),
        to="customers",
        column=_FIRM,
        editable=False,
        heads=WORKPLACE_HEADS["organisation"],
    )
    others = (
        Text(
            "job_title",
            _("Job title"),
            column=_TITLE,
            max_length=120,
            editable=False,
            heads=WORKPLACE_HEADS["job_title"],
        ),
        Choice(
            "contact_role",
            _("Role"),
            column=_ROLE,
            options=choices.CONTACT_ROLES,
            editable=False,
            heads=WORKPLACE_HEADS["contact_role"],
        ),
    )

    def load(self, ids: Collection[int]) -> Loaded:
        return {
            person: {_FIRM: tie.to_party_id, _TITLE: tie.job_title, _ROLE: tie.role}
            for person, (tie, *_others) in queries.workplaces(ids).items()
        }

    def may_bring(self, actor: Actor) -> bool:
        return actor.may("customers", CHANGE)

    def reach(self, actor: Actor) -> QuerySet[Any]:
        kinds = [kind.value for kind in rules.ESTABLISHMENTS]
        return entity_named("customers").rows(actor, CHANGE).filter(kind__in=kinds)

    def refusal(self, given: str) -> str:
        told = gettext(
            "“%(given)s” is no organisation among the customers that you may change."
            " Write its code, tax code, whole name or phone."
        )
        return told % {"given": given}

    def judge(self, values: Mapping[str, Any], *, is_tied: bool) -> Iterable[FieldProblem]:
        said = next((each for each in self.others if values.get(each.name)), None)
        if said is not None and not is_tied:
            told = gettext(
                "This is kept with where somebody works. Name the organisation, or leave it empty."
            )
            yield FieldProblem(said.name, "without_organisation", told)

    def hold(self, other_ids: Collection[int]) -> set[int]:
        return queries.hold_all(other_ids)

    def make(self, brought: Sequence[Brought]) -> None:
        ids = next_ids(Tie, len(brought))
        since = today()
        insert_rows(
            Tie,
            [
                {
                    "id": tie_id,
                    "kind": TieKind.WORKS_AT.value,
                    "party_id": each.record_id,
                    "to_party_id": each.other_id,
                    "since": since,
                    **_columns(each.values),
                }
                for tie_id, each in zip(ids, brought, strict=True)
            ],
        )

    def meet(self, brought: Sequence[Brought], *, overwrites: bool, writes: bool) -> set[int]:
        held = queries.workplaces([each.record_id for each in brought])
        new: list[Brought] = []
        changed: set[int] = set()
        for each in brought:
            ties = held.get(each.record_id, [])
            tie = next((one for one in ties if one.to_party_id == each.other_id), None)
            if tie is None:
                if each.record_id != each.other_id and (overwrites or not ties):
                    new.append(each)
                continue
            wanted = {
                column: value
                for column, value in _columns(each.values).items()
                if value != getattr(tie, column) and (overwrites or not getattr(tie, column))
            }
            if wanted:
                changed.add(each.record_id)
                if writes:
                    update_row(Tie, tie.pk, wanted)
        if new and writes:
            self.make(new)
        return changed | {each.record_id for each in new}

    def tied_by(self, operations: Collection[int]) -> set[int]:
        return queries.parties_tied_by(operations)

    def take_back(self, operations: Collection[int], ids: Collection[int]) -> set[int]:
        back: set[int] = set()
        for told in queries.ties_written_by(operations, ids):
            if told.is_new:
                Tie.objects.filter(pk=told.id).delete()
            else:
                update_row(Tie, told.id, told.before)
            back.add(told.party_id)
        return back


def _columns(values: Mapping[str, Any]) -> dict[str, Any]:
    return {_COLUMNS[name]: value for name, value in values.items() if value}


WORKPLACE = Workplace()
