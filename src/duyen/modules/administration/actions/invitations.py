"""Send password links by mail, and take one back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from duyen.entities.actions import action
from duyen.entities.fields import Label
from duyen.foundation.access.actor import Actor
from duyen.foundation.org import invitations
from duyen.foundation.org.invitations import NoMail
from duyen.foundation.org.tasks import send_link as send

Row = Mapping[str, Any]


def _open_to_all(row: Row) -> Label | None:
    return None if row["is_active"] else _("this person is locked.")


@action(
    "users.send_link",
    label=_("Send a password link by mail"),
    icon="send",
    why_not=_open_to_all,
    part="link",
)
def send_link(*, actor: Actor, row: Row) -> Row:
    """Mail a link that sets a password: an invitation to whoever never had one. Raises NoMail."""
    if not invitations.address_for_mail():
        raise NoMail
    send.defer(user_id=row["id"], by=actor.user_id)
    return row


@action("users.withdraw_link", label=_("Withdraw the password link"), icon="undo-2", part="link")
def withdraw_link(*, actor: Actor, row: Row) -> Row:
    """Make the open link of a person worthless. Raises NoOpenLink."""
    invitations.withdraw_link(row["id"], actor=actor)
    return row
