"""The call that reads what a role may do, right by right; POST /roles/{id}/give_right gives one."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.calls import Asked, Call, Sample, Shape
from duyen.entities.errors import NotFound
from duyen.entities.fields import Text, Whole
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.models import FieldRight, RoleRight
from duyen.foundation.access.words import READ

_RIGHT = Shape(
    "RightOut",
    "One right: what may be done with which records, and how far it reaches.",
    (
        Text("entity", _("Kind of record"), required=True),
        Text("verb", _("Right"), required=True),
        Text("reach", _("How far"), required=True),
    ),
)
_LIMIT = Shape(
    "LimitOut",
    "One field that is hidden or only read.",
    (
        Text("entity", _("Kind of record"), required=True),
        Text("field", _("Field"), required=True),
        Text("level", _("Limit"), required=True),
    ),
)
_RIGHTS = Shape(
    "RightsOut",
    "Everything that a role may do.",
    (Whole("version", _("Version"), required=True),),
    {"rights": _RIGHT, "limits": _LIMIT},
)


def _read(asked: Asked) -> dict[str, Any]:
    role = entity_named("roles").rows(asked.actor).filter(pk=asked.id).order_by("pk").first()
    if role is None:
        raise NotFound
    rights = RoleRight.objects.filter(role_id=role.pk).order_by("entity", "verb")
    limits = FieldRight.objects.filter(role_id=role.pk).order_by("entity", "field")
    return {
        "version": role.version,
        "rights": list(rights.values("entity", "verb", "reach")),
        "limits": list(limits.values("entity", "field", "level")),
    }


def _one(actor: Actor) -> Sample | None:
    role = entity_named("roles").rows(actor).order_by("pk").values_list("pk", flat=True).first()
    return Sample(role) if role else None


READ_RIGHTS = Call(
    name="read_role_rights",
    method="GET",
    path="/roles/{id}/rights",
    label=_("Read what a role may do, right by right"),
    about="Shows the rights and the limits of a role to those who may read it.",
    entity="roles",
    needs=READ,
    gives=_RIGHTS,
    run=_read,
    sample=_one,
)
