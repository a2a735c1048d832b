"""Who was erased: her record lies in the bin and never comes out of it."""

from __future__ import annotations

from collections.abc import Collection

from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import Refused
from duyen.entities.models import Erasure


class Erased(Refused):
    """The person behind the record was erased; nothing brings back what it held."""

    code = "erased"
    sentence = _("This person's data were erased for good. What is left of the record is locked.")


def is_erased(family: str, record_ids: Collection[int]) -> bool:
    """Tell whether one of these records is that of a person who was, or is being, erased."""
    return bool(erased_among(family, record_ids))


def erased_among(family: str, record_ids: Collection[int]) -> frozenset[int]:
    """Tell which of these records are those of people who were, or are being, erased."""
    held = Erasure.objects.filter(family=family, record_id__in=list(record_ids))
    return frozenset(held.values_list("record_id", flat=True))


def refuse_erased(family: str, record_ids: Collection[int]) -> None:
    """Refuse to bring an erased record back. Raises Erased."""
    if is_erased(family, record_ids):
        raise Erased
