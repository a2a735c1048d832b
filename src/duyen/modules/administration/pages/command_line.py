"""duyen user list | create EMAIL … | lock, unlock, reset-link, reset-factor EMAIL"""

from __future__ import annotations

import argparse

from duyen.entities.performing import perform
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import Door
from duyen.foundation.org.models import Role, Unit, User
from duyen.foundation.org.queries import positions_of
from duyen.foundation.settings.company import setting
from duyen.kernel.errors import DomainError
from duyen.modules.administration.actions import invite_user, make_password_link
from duyen.surfaces.cli import console
from duyen.surfaces.cli.acting import acting
from duyen.surfaces.cli.registry import Context


class NobodyThere(DomainError):
    """No user has this e-mail."""

    code = "nobody_there"
    sentence = "Nobody has the e-mail %(email)s. See who is there with: duyen user list"


class NothingCalled(DomainError):
    """No unit or role has this code."""

    code = "nothing_called"
    sentence = "There is no %(what)s with the code %(code)s. Known: %(known)s"


def run(context: Context, arguments: argparse.Namespace) -> int:
    """Carry out one step as the user named by --as, or as the system."""
    actor = acting(context, part="user", door=Door.CLI)
    steps = {"list": _list, "create": _create, "lock": _lock, "unlock": _unlock, "reset-link": _link}
    steps["reset-factor"] = _reset_factor
    steps[arguments.step](actor, arguments)
    return 0


def _list(actor: Actor, _arguments: argparse.Namespace) -> None:
    rows = entity_named("users").rows(actor).order_by("name_key", "pk")
    for user in rows:
        held = ", ".join(f"{each.role} @ {each.unit}" for each in positions_of(user.pk)) or "no position"
        console.say("\t".join((user.email, user.full_name, "active" if user.is_active else "locked", held)))


def _create(actor: Actor, arguments: argparse.Namespace) -> None:
    made = invite_user(
        actor=actor,
        values={"email": arguments.email, "full_name": arguments.name},
        unit=_id_called(Unit, "unit", arguments.unit),
        role=_id_called(Role, "role", arguments.role),
    )
    console.tell_progress(
        f"{arguments.email} is in. This link sets the first password, once, within 24 hours:"
    )
    console.say(_address(made.token))


def _lock(actor: Actor, arguments: argparse.Namespace) -> None:
    to = _user(arguments.to).pk if arguments.to else ""
    perform(
        entity_named("users"), "lock", _user(arguments.email).pk, actor=actor, arguments={"hand_over_to": to}
    )
    console.say(f"{arguments.email} is locked out.")


def _unlock(actor: Actor, arguments: argparse.Namespace) -> None:
    perform(entity_named("users"), "unlock", _user(arguments.email).pk, actor=actor, arguments={})
    console.say(f"{arguments.email} may sign in again.")


def _link(actor: Actor, arguments: argparse.Namespace) -> None:
    token = make_password_link(_user(arguments.email).pk, actor=actor)
    console.tell_progress("This link works once, within 24 hours. It is shown only now:")
    console.say(_address(token))


def _reset_factor(actor: Actor, arguments: argparse.Namespace) -> None:
    perform(
        entity_named("users"), "reset_second_factor", _user(arguments.email).pk, actor=actor, arguments={}
    )
    console.say(f"{arguments.email} signs in by the password alone now.")


def _address(token: str) -> str:
    """Give the link; without a public address on record, the part behind the address of the pages."""
    kept = str(setting("company.public_url")).rstrip("/")
    if not kept:
        console.tell_progress("Put the address of your Duyên in front, such as http://127.0.0.1:8000")
    return f"{kept}/login/link/{token}"


def _user(email: str) -> User:
    found = User.objects.filter(email=email.strip().lower()).order_by("pk").first()
    if found is None:
        raise NobodyThere(email=email)
    return found


def _id_called(model: type[Unit] | type[Role], what: str, code: str) -> int:
    known = dict(model._default_manager.order_by("code").values_list("code", "pk"))
    if code.upper() not in known:
        raise NothingCalled(what=what, code=code, known=", ".join(known))
    return int(known[code.upper()])
