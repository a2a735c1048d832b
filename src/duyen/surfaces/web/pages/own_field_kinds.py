"""The kinds of field that a company can make, in the words of its page; where options come from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from duyen.entities.choices.making import shareable
from duyen.entities.custom.contributing import list_of
from duyen.entities.custom.reading import WITH_OPTIONS
from duyen.entities.fields import Label
from duyen.foundation.fields.models import CustomField
from duyen.foundation.fields.words import FieldKind
from duyen.surfaces.web.pages.addresses import CHOICES


@dataclass(frozen=True)
class Kind:
    """A kind of field as one chooses it: its word, what it is good for, its icon."""

    label: Label
    help: Label
    icon: str


KINDS: Mapping[FieldKind, Kind] = {
    FieldKind.TEXT: Kind(
        gettext_lazy("Text"), gettext_lazy("One line: a size, a contract number"), icon="type"
    ),
    FieldKind.LONG_TEXT: Kind(
        gettext_lazy("Long text"),
        gettext_lazy("Several lines: a description, an agreement"),
        icon="text-wrap",
    ),
    FieldKind.WHOLE: Kind(
        gettext_lazy("Whole number"), gettext_lazy("Machines, seats, workers; can be added up"), icon="hash"
    ),
    FieldKind.DECIMAL: Kind(
        gettext_lazy("Decimal number"),
        gettext_lazy("Weights, areas, rates: 1.234,5"),
        icon="decimals-arrow-right",
    ),
    FieldKind.AMOUNT: Kind(gettext_lazy("Amount of money"), gettext_lazy("In đồng"), icon="banknote"),
    FieldKind.DAY: Kind(gettext_lazy("Date"), gettext_lazy("A day of the calendar"), icon="calendar"),
    FieldKind.MOMENT: Kind(gettext_lazy("Date and time"), gettext_lazy("A day with the hour"), icon="clock"),
    FieldKind.FLAG: Kind(gettext_lazy("Yes or no"), gettext_lazy("A box to tick"), icon="square-check"),
    FieldKind.CHOICE: Kind(gettext_lazy("Choice"), gettext_lazy("One of your options"), icon="circle-dot"),
    FieldKind.CHOICES: Kind(
        gettext_lazy("Several choices"), gettext_lazy("Any number of your options"), icon="list-checks"
    ),
    FieldKind.LINK: Kind(gettext_lazy("Link"), gettext_lazy("Leads to another record"), icon="link"),
    FieldKind.PHONE: Kind(
        gettext_lazy("Phone"), gettext_lazy("One number, which a click calls"), icon="phone"
    ),
    FieldKind.EMAIL: Kind(
        gettext_lazy("E-mail"), gettext_lazy("One address, to which a click writes"), icon="mail"
    ),
    FieldKind.WEB: Kind(
        gettext_lazy("Web address"), gettext_lazy("A page, which a click opens"), icon="globe"
    ),
    FieldKind.FORMULA: Kind(
        gettext_lazy("Formula"),
        gettext_lazy("Worked out from other fields of the record, and kept up to date"),
        icon="square-function",
    ),
    FieldKind.ROLLUP: Kind(
        gettext_lazy("Roll-up"),
        gettext_lazy("How many records link to this one, their sum, their newest date"),
        icon="sigma",
    ),
}

#: What the controls of the form are called, so that a problem says where it is.
CONTROLS: Mapping[str, Label] = {
    "label": gettext_lazy("Name"),
    "help": gettext_lazy("Help"),
    "key": gettext_lazy("Key"),
    "to": gettext_lazy("Leads to"),
    "options": gettext_lazy("Options"),
    "list_name": gettext_lazy("Where the options come from"),
    "least": gettext_lazy("Smallest number"),
    "most": gettext_lazy("Largest number"),
    "digits": gettext_lazy("Decimal places"),
    "required": gettext_lazy("Required"),
    "required_kinds": gettext_lazy("Required for these kinds"),
    "default": gettext_lazy("Value of new records"),
    "formula": gettext_lazy("Formula"),
    "what": gettext_lazy("What is worked out"),
    "of": gettext_lazy("Of which field"),
    "by": gettext_lazy("Newest by"),
    "where": gettext_lazy("Only those for which"),
    "result": gettext_lazy("Kept as"),
}


def option_parts(kind: FieldKind, held: CustomField | None) -> dict[str, Any]:
    """Give what the form asks and says of options: a list is chosen once, options of a field's own change."""
    shared = list_of(held) if held else None
    lists = shareable() if held is None and kind in WITH_OPTIONS else []
    return {
        "has_options": kind in WITH_OPTIONS and shared is None,
        "lists": [{"value": each.name, "label": each.label} for each in lists],
        "list_label": "" if shared is None else shared.label,
        "list_url": "" if shared is None else f"{CHOICES}/{shared.name}",
    }
