"""Those who were let in and have not come yet: their links, by mail or by hand, and taking one back."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.org.models import PasswordLink, User
from duyen.foundation.org.passwords import make_link
from duyen.foundation.settings.company import setting
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError


class NoMail(DomainError):
    """No mail can be sent, or none could carry a link."""

    code = "no_mail"
    sentence = _(
        "Duyên cannot send mail here: it needs a mail server, and its own address under Company. "
        "Make a link and hand it over yourself."
    )


class NoOpenLink(DomainError):
    """There is no link that still works."""

    code = "no_open_link"
    sentence = _("There is no link that still works: it was used, replaced, withdrawn or is over.")


@dataclass(frozen=True)
class SentLink:
    """The latest password link of a person, as an administrator sees it; its secret is kept nowhere."""

    user_id: int
    name: str
    email: str
    is_invitation: bool
    made_at: dt.datetime
    made_by: str
    sent_at: dt.datetime | None
    until: dt.datetime
    used_at: dt.datetime | None

    @property
    def is_open(self) -> bool:
        return self.used_at is None and self.until > now()


def address_for_mail() -> str:
    """Give the address that links in mails begin with; nothing where no mail can be sent."""
    return str(setting("company.public_url")).rstrip("/") if settings.EMAIL_HOST else ""


def waiting_invitations() -> list[SentLink]:
    """List those who were invited and have set no password yet, each with the latest link, newest first."""
    found = _links(user__is_active=True, user__password__startswith=UNUSABLE_PASSWORD_PREFIX)
    return sorted(found, key=lambda each: each.made_at, reverse=True)


def latest_link(user_id: int) -> SentLink | None:
    """Give the latest password link of one person."""
    return next(iter(_links(user_id=user_id)), None)


def _links(**whose: object) -> list[SentLink]:
    rows = PasswordLink.objects.filter(**whose).order_by("user_id", "-made_at", "-pk").distinct("user_id")
    columns = ("user_id", "user__full_name", "user__email", "is_invitation", "made_at", "made_by__full_name")
    return [SentLink(*row) for row in rows.values_list(*columns, "sent_at", "until", "used_at")]


def new_link(user: User, *, actor: Actor) -> str:
    """Make a link for a person; to one who never had a password it is an invitation."""
    return make_link(user, actor=actor, is_invitation=not user.has_usable_password())


def note_sent(user_id: int, *, actor: Actor) -> None:
    """Write down that the person's open link went out by mail."""
    with transaction.atomic():
        trail.begin(actor, "users.send_link")
        PasswordLink.objects.filter(user_id=user_id, used_at=None, until__gt=now()).update(sent_at=now())


def withdraw_link(user_id: int, *, actor: Actor) -> None:
    """Make the open link of a person worthless; the caller has checked the right. Raises NoOpenLink."""
    with transaction.atomic():
        trail.begin(actor, "users.withdraw_link")
        if not PasswordLink.objects.filter(user_id=user_id, used_at=None, until__gt=now()).update(
            until=now()
        ):
            raise NoOpenLink
