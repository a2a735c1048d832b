"""Units, users and roles as entities, so that lists, forms, rights and REST serve them like any other."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity
from duyen.entities.fields import Choice, Flag, Link, Option, Text
from duyen.entities.listing import Listing, Sort
from duyen.entities.registry import register
from duyen.entities.scope import Scope
from duyen.foundation.org.models import Unit, User
from duyen.foundation.org.words import UnitKind

UNIT_KINDS = (
    Option(UnitKind.HEAD_OFFICE, _("Head office"), "violet"),
    Option(UnitKind.BRANCH, _("Branch"), "blue"),
    Option(UnitKind.AREA, _("Area"), "teal"),
    Option(UnitKind.STORE, _("Store"), "green"),
    Option(UnitKind.DEPARTMENT, _("Department"), "gray"),
    Option(UnitKind.TEAM, _("Team"), "gray"),
)

units = Entity(
    model=Unit,
    name="units",
    label=_("Unit"),
    labels=_("Units"),
    icon="network",
    group=_("Administration"),
    scope=Scope(owner="", unit=""),
    public_labels=True,
    fields=[
        Text("name", _("Name"), required=True, max_length=120, sort="name_key"),
        Text("code", _("Code"), required=True, max_length=12),
        Choice("kind", _("Kind"), required=True, options=UNIT_KINDS, badge=True),
        Link("parent", _("Belongs to"), to="units"),
        Flag("is_active", _("In use")),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name code kind parent is_active",
            sorts=[Sort("name", _("Name"), "name_key"), Sort("code", _("Code"), "code")],
            filters="kind parent is_active",
        )
    ],
    form=["name", "code kind", "parent", "is_active"],
    grants={"ADMIN": "all: read create change", "DIRECTOR": "all: read", "AREA_HEAD": "all: read"},
)

users = Entity(
    model=User,
    name="users",
    label=_("User"),
    labels=_("Users"),
    icon="users",
    group=_("Administration"),
    scope=Scope(owner="", unit=""),
    public_labels=True,
    title="full_name",
    fields=[
        Text("full_name", _("Full name"), required=True, max_length=120, sort="name_key"),
        Text("email", _("Email"), required=True, max_length=254),
        Text("job_title", _("Job title"), max_length=120),
        Text("phone", _("Phone"), max_length=20),
        Flag("is_active", _("May sign in"), editable=False),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="full_name email job_title is_active",
            sorts=[Sort("full_name", _("Full name"), "name_key"), Sort("email", _("Email"), "email")],
            filters="is_active email",
        )
    ],
    form=["full_name", "email", "job_title phone"],
    grants={"ADMIN": "all: read create change", "DIRECTOR": "all: read", "AREA_HEAD": "all: read"},
)

register(units, users)
