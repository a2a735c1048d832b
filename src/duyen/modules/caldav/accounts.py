"""A person's own calendar account: tried before it is kept, chosen from, taken away. Hers alone."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.sensitive import seal, unseal
from duyen.kernel.clock import now
from duyen.kernel.errors import DomainError
from duyen.modules.caldav.models import Account, Item, Standing
from duyen.modules.caldav.server import Found, Server


class NothingToSync(DomainError):
    """No calendar was chosen, or one that the server does not offer."""

    code = "nothing_to_sync"
    sentence = _("Choose a calendar or a list of tasks that you may write to.")


class NoAccount(DomainError):
    """There is no account yet."""

    code = "no_account"
    sentence = _("Give the address of your calendar first.")


class Incomplete(DomainError):
    """Something is missing without which nothing can be tried."""

    code = "incomplete"
    sentence = _("Give the address, the user name and the password.")


def account_of(user_id: int) -> Account | None:
    """Give a person's account."""
    return Account.objects.select_related("standing").filter(user_id=user_id).order_by("pk").first()


def _who(actor: Actor) -> int:
    return actor.user_id or 0


def server_of(account: Account) -> Server:
    """Give the server of an account, as its owner sees it."""
    return Server(account.address, account.login, unseal(bytes(account.sealed)))


def sign_in(actor: Actor, *, address: str, login: str, password: str) -> Account:
    """Try the account, and keep it with the calendars found there; nothing is kept of one that fails.

    An empty password means the one that is kept, for the same address and name. Raises Incomplete, and what
    `Server.find` raises: then nothing is changed.
    """
    kept = account_of(_who(actor))
    is_same = kept is not None and (kept.address, kept.login) == (address.strip(), login.strip())
    if not password and kept is not None and is_same:
        password = unseal(bytes(kept.sealed))
    if not address.strip() or not login.strip() or not password:
        raise Incomplete
    found = Server(address, login.strip(), password).find()  # before the transaction: a server may think long
    with transaction.atomic():
        trail.begin(actor, "users.keep_calendar")
        return _keep(actor, address.strip(), login.strip(), seal(password), found)


def _keep(actor: Actor, address: str, login: str, sealed: bytes, found: Sequence[Found]) -> Account:
    moment = now()
    urls = {each.url for each in found}
    columns = {
        "address": address,
        "login": login,
        "sealed": sealed,
        "offered": [each.kept() for each in found],
        "updated_at": moment,
        "updated_by_id": actor.user_id,
    }
    account = (
        Account.objects.select_for_update(no_key=True).filter(user_id=_who(actor)).order_by("pk").first()
    )
    if account is None:
        made = {"created_at": moment, "created_by_id": actor.user_id}
        account = Account.objects.create(user_id=_who(actor), **columns, **made)
        Standing.objects.create(account=account)
        return account
    for name, value in columns.items():
        setattr(account, name, value)
    account.version += 1
    if (
        not {account.events_url, account.tasks_url} - {""} <= urls
    ):  # another server: what was tied is tied no more
        account.events_url = account.tasks_url = ""
        Item.objects.filter(account=account).delete()
    account.save()
    fresh = {"failures": 0, "failing_since": None, "why": "", "told_at": None, "next_at": moment}
    Standing.objects.filter(account=account).update(**fresh)
    return account


def choose(actor: Actor, *, events_url: str, tasks_url: str) -> Account:
    """Choose the calendar and the list of tasks that are synchronised. Raises NoAccount and NothingToSync."""
    with transaction.atomic():
        account = (
            Account.objects.select_for_update(no_key=True).filter(user_id=_who(actor)).order_by("pk").first()
        )
        if account is None:
            raise NoAccount
        offered = {each["url"]: each for each in account.offered if each["is_writable"]}
        fits = (not events_url or offered.get(events_url, {}).get("events")) and (
            not tasks_url or offered.get(tasks_url, {}).get("tasks")
        )
        if not fits or not (events_url or tasks_url):
            raise NothingToSync
        trail.begin(actor, "users.choose_calendar")
        Item.objects.filter(account=account).exclude(place__in=[events_url, tasks_url]).delete()
        moment = now()
        Account.objects.filter(pk=account.pk).update(
            events_url=events_url,
            tasks_url=tasks_url,
            version=account.version + 1,
            updated_at=moment,
            updated_by_id=actor.user_id,
        )
        Standing.objects.filter(account=account).update(tokens={}, next_at=moment)
    account.refresh_from_db()
    return account


def take_away(actor: Actor) -> None:
    """Forget the account and its password. What came from there stays here, and what is there stays there."""
    with transaction.atomic():
        account = (
            Account.objects.select_for_update(no_key=True).filter(user_id=_who(actor)).order_by("pk").first()
        )
        if account is None:
            raise NoAccount
        trail.begin(actor, "users.take_calendar_away")
        Item.objects.filter(account=account).delete()
        Standing.objects.filter(account=account).delete()
        account.delete()
