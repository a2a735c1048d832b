"""A field that holds several of a list of options."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields.base import FieldRefused
from duyen.entities.fields.lists import Tags, items_of
from duyen.entities.fields.options import Option


def _none() -> Sequence[Option]:
    return ()


@dataclass(frozen=True)
class Several(Tags):
    """Several of a list of options, kept and sent as their codes, in the order of the list.

    `known` gives the options; it is asked each time, so that they may come from declarations.
    """

    known: Callable[[], Sequence[Option]] = _none

    widget: ClassVar[str] = "checks"

    def clean(self, raw: object) -> tuple[str, ...]:
        given = raw.split(",") if isinstance(raw, str) else items_of(raw)
        words = {str(each).strip() for each in given} - {""}
        options = [each.code for each in self.known()]
        unknown = words - set(options)
        if unknown:
            raise FieldRefused(
                "unknown_choice",
                _("“%(given)s” is not one of the choices. Choose: %(choices)s."),
                given=min(unknown)[:40],
                choices=", ".join(options),
            )
        return tuple(code for code in options if code in words)

    def words(self, value: Any) -> list[str]:
        labels = {each.code: str(each.label) for each in self.known()}
        return [labels.get(each, each) for each in value]
