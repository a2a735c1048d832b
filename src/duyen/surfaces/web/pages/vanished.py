"""Forms that were opened before somebody changed which fields there are: nothing is lost or cleared."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from django.http import QueryDict
from django.utils.translation import gettext as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Field
from duyen.entities.fields.base import OWN
from duyen.foundation.fields.models import CustomField
from duyen.kernel.errors import FieldProblem

#: The form names the fields that it showed: an unticked box says nothing, and neither does a newer field.
SHOWN = "shown"
_LONGEST = 80


def shown_fields(fields: Sequence[Field], post: QueryDict) -> list[Field]:
    """Give those of the fields that the form showed; all of them where it does not say."""
    named = post.get(SHOWN)
    if named is None:
        return list(fields)
    names = set(named.split())
    return [each for each in fields if each.name in names]


def vanished(entity: Entity, fields: Sequence[Field], post: QueryDict) -> list[FieldProblem]:
    """Tell of fields into which something was typed and that are gone since the form was opened."""
    known = {each.name for each in fields}
    gone = [name for name in post.get(SHOWN, "").split() if name.startswith(OWN) and name not in known]
    typed = {name: said for name in gone if (said := " ".join(post.getlist(name)).strip())}
    if not typed:
        return []
    labels = _labels(entity, typed)
    sentence = _(
        "The field “%(field)s” was taken away by somebody while you typed. You had typed: “%(typed)s”. "
        "Keep it elsewhere if it matters, then save again."
    )
    return [
        FieldProblem("", "gone", sentence % {"field": labels.get(name, name), "typed": said[:_LONGEST]})
        for name, said in typed.items()
        if name in labels
    ]


def _labels(entity: Entity, typed: Mapping[str, str]) -> dict[str, str]:
    keys = [name.removeprefix(OWN) for name in typed]
    found = CustomField.objects.filter(entity=entity.name, key__in=keys).values_list("key", "label")
    return {f"{OWN}{key}": label for key, label in found}
