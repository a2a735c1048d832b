"""Keep what the company says about itself, and set a new installation up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities import standard
from duyen.entities.errors import InvalidValues, NotAllowed, Refused
from duyen.entities.refusals import said
from duyen.entities.registry import entity_named
from duyen.entities.seeding import seed
from duyen.foundation.access.actor import Actor, system_actor
from duyen.foundation.access.words import CHANGE, Door
from duyen.foundation.audit import trail
from duyen.foundation.org import passwords
from duyen.foundation.org.administrators import take_turn
from duyen.foundation.org.models import Role, User
from duyen.foundation.org.queries import has_users
from duyen.foundation.org.words import RoleCode, UnitKind
from duyen.foundation.settings.company import keep_setting, setting
from duyen.kernel.errors import FieldProblem
from duyen.kernel.tax_codes import TaxCodeError, read_tax_code
from duyen.kernel.text import clean
from duyen.modules.administration.actions.people import place_user

LONGEST_NAME, LONGEST_ADDRESS, LONGEST_URL = 200, 300, 200


class AlreadySetUp(Refused):
    """Somebody can sign in already, so there is nothing to set up."""

    code = "already_set_up"
    sentence = _("Duyên is set up already. Sign in with your e-mail and password.")


@dataclass(frozen=True)
class Company:
    """What a company says about itself, as typed or as kept."""

    name: str = ""
    tax_code: str = ""
    address: str = ""
    public_url: str = ""


@dataclass(frozen=True)
class Place:
    """A unit of a new installation."""

    code: str = ""
    name: str = ""


@dataclass(frozen=True)
class FirstUser:
    """The first person: administrator, and director where she says so."""

    full_name: str = ""
    email: str = ""
    password: str = ""
    is_director: bool = True


def kept_company() -> Company:
    """Read what is kept."""
    return Company(**{name: str(setting(f"company.{name}")) for name in Company.__dataclass_fields__})


def read_company(given: Company) -> tuple[Company, list[FieldProblem]]:
    """Clean what was typed; what is wrong comes back beside it."""
    problems = []
    found = Company(
        clean(given.name), clean(given.tax_code), clean(given.address), given.public_url.strip().rstrip("/")
    )
    if not found.name:
        problems.append(FieldProblem("name", "required", _("Give the name of the company.")))
    for name, most in (("name", LONGEST_NAME), ("address", LONGEST_ADDRESS), ("public_url", LONGEST_URL)):
        if len(getattr(found, name)) > most:
            sentence = _("Too long: shorten it to %(most)s characters.") % {"most": most}
            problems.append(FieldProblem(name, "too_long", sentence))
    if found.tax_code:
        try:
            found = Company(found.name, read_tax_code(found.tax_code).value, found.address, found.public_url)
        except TaxCodeError as error:
            problems.append(FieldProblem("tax_code", error.code, said(error)))
    parts = urlsplit(found.public_url)
    if found.public_url and (
        parts.scheme not in ("http", "https") or not parts.netloc or parts.query or parts.path
    ):
        problems.append(FieldProblem("public_url", "address", _("Write it as https://duyen.example.com.")))
    return found, problems


def keep_company(given: Company, *, actor: Actor) -> Company:
    """Keep what the company says about itself, in the trail. Raises InvalidValues or NotAllowed."""
    if not actor.may("users", CHANGE):
        raise NotAllowed(why=_("the settings of the company are for administrators."))
    found, problems = read_company(given)
    if problems:
        raise InvalidValues(problems)
    before = kept_company()
    with transaction.atomic():
        for name in Company.__dataclass_fields__:
            if getattr(found, name) != getattr(before, name):
                keep_setting(f"company.{name}", getattr(found, name), actor=actor)
    return found


def set_up_company(*, company: Company, head_office: Place, branch: Place | None, user: FirstUser) -> User:
    """Fill an empty installation: settings, units, roles with their rights, and the first person.

    All or nothing, by the system under the name "setup". Raises AlreadySetUp, InvalidValues or
    PasswordRefused.
    """
    actor = system_actor("setup", door=Door.WEB)
    found, problems = read_company(company)
    if problems:
        raise InvalidValues(problems)
    with transaction.atomic():
        take_turn()
        if has_users():
            raise AlreadySetUp
        seed(actor)
        for name in Company.__dataclass_fields__:
            keep_setting(f"company.{name}", getattr(found, name), actor=actor)
        top = _make_unit(actor, "head", head_office, UnitKind.HEAD_OFFICE, None)
        if branch is not None:
            _make_unit(actor, "branch", branch, UnitKind.BRANCH, top)
        return _make_first(actor, user, top)


def _make_unit(actor: Actor, part: str, place: Place, kind: UnitKind, parent: int | None) -> int:
    values = {"name": place.name, "code": place.code, "kind": kind.value, "parent": parent}
    return _create(actor, "units", values, part)


def _create(actor: Actor, entity: str, values: Mapping[str, object], part: str) -> int:
    """Create a record; its problems name the part of the set-up that they belong to."""
    try:
        return standard.create(entity_named(entity), actor=actor, values=values).id
    except InvalidValues as error:
        raise InvalidValues(
            [FieldProblem(f"{part}_{each.field}", each.code, each.message) for each in error.problems]
        ) from error


def _make_first(actor: Actor, first: FirstUser, unit: int) -> User:
    passwords.refuse_weak(first.password, email=first.email, full_name=first.full_name)
    user_id = _create(actor, "users", {"full_name": first.full_name, "email": first.email}, "user")
    roles = [RoleCode.ADMIN, *([RoleCode.DIRECTOR] if first.is_director else [])]
    ids = dict(Role.objects.filter(code__in=roles).values_list("code", "pk"))
    user = User.objects.get(pk=user_id)
    trail.begin(actor, "users.set_up")
    user.set_password(first.password)
    user.save(update_fields=["password"])
    for role in reversed(roles):
        place_user.run(actor=actor, row={"id": user_id}, unit=unit, role=ids[role], is_main=role is roles[-1])
    return user
