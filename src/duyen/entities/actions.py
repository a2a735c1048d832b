"""The one front door of a write: how a step is declared, and how it is carried out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from duyen.entities.approvals.declared import Limit
from duyen.entities.fields import Field, Label
from duyen.entities.guards import Guard
from duyen.entities.pages import Preview
from duyen.foundation.access.words import CHANGE
from duyen.kernel.errors import FieldProblem


@dataclass(frozen=True)
class Action:
    """One step that a record can take.

    `needs` is the right it asks for. `asks` are the fields of its dialog and of its REST body.
    `run` gets `actor`, `row` and the clean values by keyword and returns the row.
    `many` says that `run` takes `rows` and works on a whole set, raising the version of each; `set_run`
    does that beside a `run` for one row. `fits` tells of which rows the step makes sense at all; on others no
    button stands. Where that is a matter of their state, `InStates` says which ones. `preview` tells in its
    dialog what the step would do before it is taken. `part` names the argument that says which part of the
    record the step is about; its button stands beside that part. `guards` give every reason why it cannot be
    taken now, beside `why_not`; where `allows` has one, the others make no sense and are not asked.
    `about` names the field of which these tell: whoever may not see it gets no such reason.
    `text` says in its dialog what the step brings about. `makes` names the entity of which the step may
    make a record out of fields of its own, so that its dialog tells what is like it. `approval` says when
    the step needs a second person, who may grant it and up to what. Timelines tell of a step that
    `is_told`, to whoever may see what it is `about`. One that changes fields and nothing else `can_undo`:
    it is taken back as a change of them is.
    """

    name: str
    label: Label
    run: Callable[..., Any]
    needs: str = CHANGE
    asks: Sequence[Field] = ()
    icon: str = ""
    tone: str = ""
    many: bool = False
    why_not: Callable[[Any], Label | None] | None = None
    in_bin: bool = False
    fits: Callable[[Any], bool] | None = None
    part: str = ""
    set_run: Callable[..., Any] | None = None
    preview: Preview | None = None
    about: str = ""
    makes: str = ""
    text: Label = ""
    allows: Callable[[Any], FieldProblem | None] | None = None
    guards: Sequence[Guard] = ()
    approval: Limit | None = None
    is_told: bool = False
    can_undo: bool = False

    @property
    def verb(self) -> str:
        return self.name.rpartition(".")[2]

    @property
    def takes_sets(self) -> bool:
        return self.many or self.set_run is not None

    def run_set(self, **given: Any) -> None:
        """Carry the step out on `rows`, with `actor` and the clean values; for a step that takes sets."""
        (self.set_run or self.run)(**given)

    def is_offered(self, row: Any) -> bool:
        """Tell whether the step has a button of its own on the page of `row`."""
        return not self.many and not self.part and (self.fits is None or self.fits(row))


def action(
    name: str,
    *,
    label: Label,
    needs: str = CHANGE,
    asks: Sequence[Field] = (),
    icon: str = "",
    tone: str = "",
    many: bool = False,
    why_not: Callable[[Any], Label | None] | None = None,
    fits: Callable[[Any], bool] | None = None,
    part: str = "",
    preview: Preview | None = None,
    about: str = "",
    makes: str = "",
    text: Label = "",
    guards: Sequence[Guard] = (),
    approval: Limit | None = None,
    is_told: bool = False,
    can_undo: bool = False,
) -> Callable[[Callable[..., Any]], Action]:
    """Declare a function as an action: `customers.win` is the step `win` of `customers`.

    `why_not` looks at a row (a mapping of its columns) and gives the reason why the step cannot
    be taken now, or nothing; buttons show it, and the step itself is refused with it. `guards` do the same
    for several reasons at once, and for what stands in other tables.
    """

    def declare(run: Callable[..., Any]) -> Action:
        return Action(
            name=name,
            label=label,
            run=run,
            needs=needs,
            asks=tuple(asks),
            icon=icon,
            tone=tone,
            many=many,
            why_not=why_not,
            fits=fits,
            part=part,
            preview=preview,
            about=about,
            makes=makes,
            text=text,
            guards=tuple(guards),
            approval=approval,
            is_told=is_told,
            can_undo=can_undo,
        )

    return declare
