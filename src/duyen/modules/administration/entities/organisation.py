"""Units, users and roles as entities, so that lists, forms, rights and REST serve them like any other."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.contrib.auth.hashers import make_password
from django.utils.translation import gettext_lazy as _

from duyen.entities import absences
from duyen.entities.entity import Entity, Part
from duyen.entities.exporting.everything import carry_out_too
from duyen.entities.fields import Choice, Flag, Link, LongText, Option, Text
from duyen.entities.history import name_verbs
from duyen.entities.listing import Listing, Sort
from duyen.entities.merging.declared import Hanging
from duyen.entities.pages import Panel, Preview, Tab
from duyen.entities.personal.declared import NOBODY, STAFF
from duyen.entities.refusals import said
from duyen.entities.registry import register
from duyen.entities.scope import Scope
from duyen.entities.trail_lines import name_families, name_things, tell_things
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.models import FieldRight, RoleRight
from duyen.foundation.access.words import (
    EXPLAIN,
    EXPORT_EVERYTHING,
    EXPORT_TRAIL,
    OVERSEE_TRAIL,
    READ_TRAIL,
    VIEW_AS,
)
from duyen.foundation.org.administrators import take_turn
from duyen.foundation.org.models import Position, Role, Unit, User
from duyen.foundation.org.words import UnitKind
from duyen.foundation.settings.past import labels_of_settings
from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.errors import FieldProblem
from duyen.modules.administration import actions, calendar_panels, parts, previews, queries, rules, tabs
from duyen.modules.administration.setting_words import tell_settings

UNIT_KINDS = (
    Option(UnitKind.HEAD_OFFICE, _("Head office"), "violet"),
    Option(UnitKind.BRANCH, _("Branch"), "blue"),
    Option(UnitKind.AREA, _("Area"), "teal"),
    Option(UnitKind.STORE, _("Store"), "green"),
    Option(UnitKind.DEPARTMENT, _("Department"), "gray"),
    Option(UnitKind.TEAM, _("Team"), "gray"),
)
LANGUAGES = (Option("vi", "Tiếng Việt"), Option("en", "English"))

_BAD_CODE = _("Use capital letters, digits, - and _ only, such as HP1.")
_CODE_TAKEN = _("This code is used already. Choose another one.")


def _unit_complete(values: dict[str, Any], _actor: Actor) -> None:
    values["code"] = values["code"].upper()


def _judge_unit(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    take_turn()
    unit_id = queries.unit_id_of(before["code"]) if before else None
    if not rules.is_code(after["code"]):
        yield FieldProblem("code", "code", _BAD_CODE)
    elif queries.unit_id_of(after["code"]) not in (None, unit_id):
        yield FieldProblem("code", "taken", _CODE_TAKEN)
    for each in rules.problems_of_a_unit(
        unit_id=unit_id, kind=after["kind"], parent=after["parent"], tree=queries.unit_kinds()
    ):
        yield FieldProblem(each.field, each.code, _(each.message))


units = Entity(
    model=Unit,
    name="units",
    label=_("Unit"),
    labels=_("Units"),
    icon="network",
    personal=NOBODY,
    group=_("People and rights"),
    under="/users",
    scope=Scope(owner="", unit=""),
    public_labels=True,
    search="search",
    fixed={"is_active": True},
    fields=[
        Text("name", _("Name"), required=True, max_length=120, sort="name_key", search=True),
        Text(
            "code",
            _("Code"),
            required=True,
            max_length=12,
            help=_("Stands in the numbers of records."),
            search=True,
        ),
        Choice("kind", _("Kind"), required=True, options=UNIT_KINDS, badge=True),
        Link("parent", _("Belongs to"), to="units", apart=queries.units_under),
        Link(
            "calendar",
            _("Working calendar"),
            to="calendars",
            help=_("Left empty, the unit follows the one above it."),
        ),
        Flag("is_active", _("In use"), editable=False),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name code kind parent calendar is_active",
            sorts=[Sort("name", _("Name"), "name_key"), Sort("code", _("Code"), "code")],
            filters="kind parent calendar is_active",
        )
    ],
    form=["name", "code kind", "parent", "calendar"],
    complete=_unit_complete,
    known_by="code",
    rules=[_judge_unit],
    rules_ask=True,
    actions=[actions.merge_unit, actions.close_unit, actions.reopen_unit],
    preview=Preview("administration/preview.html", previews.preview_unit),
    tabs=[Tab("people", _("People"), "administration/people.html", tabs.people_of_unit)],
    panels=[
        Panel("moving", _("On the move"), "administration/unit_moving.html", tabs.moving_of_unit),
        Panel("hours", _("Working hours"), "administration/hours.html", calendar_panels.hours_of_unit),
    ],
    grants={
        "ADMIN": "all: read create change export",
        "DIRECTOR": "all: read",
        "SALES_MANAGER": "all: read",
        "AREA_HEAD": "all: read",
        "DPO": "all: read",
    },
)


def _user_complete(values: dict[str, Any], _actor: Actor) -> None:
    """Sign-in looks for the e-mail in small letters."""
    values["email"] = values["email"].lower()
    values["language"] = values.get("language") or "vi"


def _judge_user(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    try:
        read_email(after["email"])
    except EmailError as error:
        yield FieldProblem("email", error.code, said(error))
        return
    if queries.is_email_taken(after["email"], but=before["email"] if before else ""):
        sentence = _("Somebody signs in with this e-mail already. Give another one.")
        yield FieldProblem("email", "taken", sentence)


users = Entity(
    model=User,
    name="users",
    label=_("User"),
    labels=_("Users"),
    icon="users",
    personal=STAFF,
    group=_("Administration"),
    scope=Scope(owner="", unit=""),
    public_labels=True,
    title="full_name",
    search="search",
    fixed={"is_active": True, "theme": "auto", "density": "normal", "password": lambda: make_password(None)},
    fields=[
        Text("full_name", _("Full name"), required=True, max_length=120, sort="name_key", search=True),
        Text("email", _("E-mail"), required=True, max_length=254, search=True),
        Text("job_title", _("Job title"), max_length=120, search=True),
        Text("phone", _("Phone"), max_length=20, search=True),
        Choice("language", _("Language"), options=LANGUAGES),
        Flag("is_active", _("May sign in"), editable=False),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="full_name email job_title is_active",
            sorts=[Sort("full_name", _("Full name"), "name_key"), Sort("email", _("E-mail"), "email")],
            filters="is_active email",
        )
    ],
    form=["full_name", "email", "job_title phone", "language"],
    summary="job_title email",
    facts="phone language is_active",
    complete=_user_complete,
    known_by="email",
    rules=[_judge_user],
    rules_ask=True,
    actions=[
        actions.place_user,
        actions.end_position,
        actions.record_absence,
        actions.end_absence,
        actions.end_sessions,
        actions.reset_second_factor,
        actions.send_link,
        actions.withdraw_link,
        actions.lock_user,
        actions.unlock_user,
    ],
    parts=[parts.POSITIONS, Part("absences", _("Absence"), absences.FIELDS)],
    panels=[Panel("absence", _("Absence"), "administration/absence.html", tabs.absence_of_user)],
    tabs=[Tab("access", _("Positions and access"), "administration/access.html", tabs.access_of_user)],
    rights={
        EXPLAIN: _("Explain access"),
        VIEW_AS: _("View as this person"),
        READ_TRAIL: _("Search the trail"),
        OVERSEE_TRAIL: _("Oversee the whole trail"),
        EXPORT_TRAIL: _("Export the trail"),
        EXPORT_EVERYTHING: _("Export everything"),
    },
    grants={
        "ADMIN": "all: read create change export explain view_as read_trail oversee_trail export_trail",
        "DIRECTOR": "all: read explain read_trail oversee_trail export_trail export_everything",
        "SALES_MANAGER": "all: read",
        "AREA_HEAD": "all: read",
        "DPO": "all: read explain read_trail oversee_trail export_trail",
    },
)


def _role_complete(values: dict[str, Any], _actor: Actor) -> None:
    values["code"] = values["code"].upper()


def _judge_role(after: Mapping[str, Any], before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    if not rules.is_code(after["code"]):
        yield FieldProblem("code", "code", _BAD_CODE)
    elif queries.is_role_code_taken(after["code"], but=before["code"] if before else ""):
        yield FieldProblem("code", "taken", _CODE_TAKEN)


roles = Entity(
    model=Role,
    name="roles",
    label=_("Role"),
    labels=_("Roles"),
    icon="shield-check",
    personal=NOBODY,
    group=_("People and rights"),
    under="/users",
    scope=Scope(owner="", unit=""),
    public_labels=True,
    search="search",
    fields=[
        Text("name", _("Name"), required=True, max_length=80, search=True),
        Text("code", _("Code"), required=True, max_length=24, search=True),
        LongText("note", _("Note"), max_length=300),
        Flag(
            "needs_second_factor",
            _("Demands a second factor"),
            help=_("Whoever holds this role sets up a code from the phone before anything else opens."),
        ),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name code note needs_second_factor",
            sorts=[Sort("name", _("Name"), "name"), Sort("code", _("Code"), "code")],
        )
    ],
    form=["name", "code", "note", "needs_second_factor"],
    summary=["note"],
    complete=_role_complete,
    known_by="code",
    rules=[_judge_role],
    rules_ask=True,
    actions=[actions.copy_role, actions.give_right],
    parts=[parts.RIGHTS, parts.LIMITS],
    tabs=[Tab("rights", _("Rights"), "administration/rights.html", tabs.rights_of_role)],
    grants={"ADMIN": "all: read create change export", "DIRECTOR": "all: read", "DPO": "all: read"},
)

register(units, users, roles)
carry_out_too(
    Hanging(Position, ("user_id",), _("Positions")),
    Hanging(RoleRight, ("role_id",), _("Rights")),
    Hanging(FieldRight, ("role_id",), _("Limits on fields")),
)

# Steps of the foundation, which knows no entities and no words for them.
name_verbs(
    {
        "users.set_up": _("Account made at the first start"),
        "users.invite": _("Invitation sent"),
        "users.make_link": _("Password link made"),
        "users.send_link": _("Password link sent by mail"),
        "users.withdraw_link": _("Password link withdrawn"),
        "users.set_password": _("Password set by a link"),
        "users.change_password": _("Password changed"),
        "users.change_profile": _("Own profile changed"),
        "users.view_as": _("Pages viewed as this person"),
        "users.end_view_as": _("View as this person ended"),
        "users.change_keys": _("Own keys chosen"),
        "users.read_news": _("What is new read"),
        "users.set_up_factor": _("Second factor turned on"),
        "users.turn_off_factor": _("Second factor turned off"),
        "users.renew_recovery_codes": _("New recovery codes made"),
        "users.use_recovery_code": _("Recovery code used"),
        "roles.seed": _("Made with the installation"),
        "roles.seed_rights": _("Default rights handed out"),
        "roles.set_rights": _("Rights changed"),
        "roles.take_back_rights": _("Rights set back to what they were"),
        "settings.restore": _("Setting given an earlier value"),
        "settings.keep": _("Setting changed"),
        actions.TRAIL_SEARCHED: _("Searched the trail"),
        actions.DOOR_SEARCHED: _("Looked at the sign-ins"),
        actions.EXPORT_BEGUN: _("Began to export the trail"),
        actions.EXPORT_ENDED: _("Exported the trail"),
    }
)
name_families(
    {
        actions.TRAIL: _("Trail"),
        "settings": _("Setting"),
        "shares": _("Share"),
    }
)
name_things({"settings": labels_of_settings})
tell_things({"settings": tell_settings})
