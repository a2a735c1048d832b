"""Connect a mailbox, change it, switch it off, take it out. Nothing is kept before it was tried."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass

from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.history import name_verbs
from duyen.foundation.access.actor import Actor
from duyen.foundation.audit import trail
from duyen.foundation.audit.trail import OnlyLooking
from duyen.foundation.settings.company import setting
from duyen.foundation.settings.declaring import administers
from duyen.kernel.clock import now, today
from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.errors import FieldProblem
from duyen.modules.messaging import boxes, queries, queueing
from duyen.modules.messaging.models import Mail, Mailbox, Signature, Standing
from duyen.modules.messaging.servers import imap, smtp
from duyen.modules.messaging.servers.problems import MailServerProblem
from duyen.modules.messaging.settings import OWN_BOXES
from duyen.modules.messaging.words import SEVERAL, MailState, Security, Use, Way

name_verbs(
    {
        "mailboxes.connect": gettext_lazy("Mailbox connected"),
        "mailboxes.change": gettext_lazy("Mailbox changed"),
        "mailboxes.switch": gettext_lazy("Mailbox switched on or off"),
        "mailboxes.remove": gettext_lazy("Mailbox taken out"),
    }
)
#: A first reading goes back so far at most; what is older is picked by hand.
FURTHEST_BACK = dt.timedelta(days=366 * 5)
_MOST_SIGNATURE = 2_000


@dataclass(frozen=True)
class Given:
    """A mailbox as somebody entered it; an empty password keeps the one that is there."""

    address: str
    imap_host: str
    username: str = ""
    password: str = ""
    sender_name: str = ""
    imap_port: int = 993
    imap_security: str = Security.TLS
    folder: str = "INBOX"
    since: dt.date | None = None
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_security: str = Security.STARTTLS

    def __repr__(self) -> str:
        return f"Given({self.address!r}, {self.imap_host!r})"


def save_mailbox(
    user_id: int | None,
    given: Given,
    *,
    actor: Actor,
    use: Use = Use.MAIL,
    box_id: int | None = None,
    beside: Callable[[int], None] | None = None,
) -> Mailbox:
    """Connect or change a mailbox: a person's own, or the company's of a use for none. It is tried first.

    Of a use with several mailboxes `box_id` names the one that is changed; without one another is connected.
    `beside` is given the mailbox and writes what belongs to it, in its transaction. Raises NotAllowed,
    NotFound, OnlyLooking, or InvalidValues with the sentence of the server's problem.
    """
    _refuse(user_id, actor)
    kept = None if use in SEVERAL and box_id is None else _box(user_id, use, box_id)
    if kept is None and box_id is not None:
        raise NotFound
    box = _judged(kept, given)
    if user_id is None:
        _refuse_twice(box, kept)
    password = given.password or _kept_password(kept) if kept is not None else given.password
    _try(box, password)
    columns = (
        _columns(box)
        | {"use": use.value}
        | ({"sealed": boxes.sealed(given.password)} if given.password else {})
    )
    try:
        with transaction.atomic():
            made = _write(kept, user_id, columns, actor)
            if beside is not None:
                beside(made.pk)
            return made
    except IntegrityError as error:
        sentence = _("A mailbox is connected already. Open this page anew.")
        raise InvalidValues([FieldProblem("", "twice", sentence)]) from error


def _judged(kept: Mailbox | None, given: Given) -> Mailbox:
    """Read what was entered, without asking a server. Raises InvalidValues."""
    found: list[FieldProblem] = []
    try:
        address = read_email(given.address)
    except EmailError as error:
        found.append(FieldProblem("address", error.code, str(error)))
        address = ""
    if not given.imap_host.strip():
        found.append(
            FieldProblem("imap_host", "required", _("Give the server that the mailbox is read from."))
        )
    since = given.since or (kept.since if kept else today())
    if since > today() or since < today() - FURTHEST_BACK:
        sentence = _("Choose a day within the last five years, not in the future.")
        found.append(FieldProblem("since", "out_of_range", sentence))
    box = Mailbox(
        address=address,
        sender_name=given.sender_name.strip()[:120],
        imap_host=given.imap_host.strip().lower()[:253],
        imap_port=given.imap_port,
        imap_security=Security(given.imap_security).value,
        username=(given.username.strip() or address)[:254],
        folder=given.folder.strip()[:200] or "INBOX",
        since=since,
        smtp_host=given.smtp_host.strip().lower()[:253],
        smtp_port=given.smtp_port,
        smtp_security=Security(given.smtp_security).value,
    )
    if not given.password and (kept is None or kept.sealed is None):
        found.append(FieldProblem("password", "required", _("Give the password of the mailbox.")))
    elif not given.password and kept is not None and _goes_elsewhere(kept, box):
        sentence = _("Give the password again: it would go to another server or name than before.")
        found.append(FieldProblem("password", "required", sentence))
    if found:
        raise InvalidValues(found)
    return box


def _refuse_twice(box: Mailbox, kept: Mailbox | None) -> None:
    """Refuse an account that is read already: its mails would go to one or the other as it happens."""
    other = queries.reads_same(box, but=kept.pk if kept is not None else None)
    if other is not None:
        sentence = _("%(address)s reads this account and folder already.") % {"address": other.address}
        raise InvalidValues([FieldProblem("username", "twice", sentence)])


def _kept_password(box: Mailbox) -> str:
    """Give the password that is kept. Raises InvalidValues where it cannot be read any more."""
    try:
        return boxes.password_of(box)
    except MailServerProblem as problem:
        raise InvalidValues([FieldProblem("password", problem.code, str(problem))]) from problem


def _goes_elsewhere(kept: Mailbox, box: Mailbox) -> bool:
    """Tell whether the kept password would be shown to a server that did not have it."""
    known = {kept.imap_host, kept.smtp_host}
    asked = {box.imap_host, *filter(None, [box.smtp_host])}
    return not asked <= known or kept.username != box.username


def _try(box: Mailbox, password: str) -> None:
    """Sign in at both servers. Raises InvalidValues with what stands against it."""
    try:
        imap.try_account(boxes.account_of(box, password))
    except MailServerProblem as problem:
        raise InvalidValues(
            [FieldProblem(_field_of(problem, "imap"), problem.code, str(problem))]
        ) from problem
    if not box.smtp_host:
        return
    try:
        smtp.try_relay(boxes.relay_of(box, password))
    except MailServerProblem as problem:
        raise InvalidValues(
            [FieldProblem(_field_of(problem, "smtp"), problem.code, str(problem))]
        ) from problem


def _field_of(problem: MailServerProblem, way: str) -> str:
    fields = {"wrong_password": "password", "no_folder": "folder", "wrong_port": f"{way}_port"}
    fields |= {"not_secured": f"{way}_security"}
    return fields.get(problem.code, f"{way}_host")


def _columns(box: Mailbox) -> dict[str, object]:
    names = (
        *("address", "sender_name", "imap_host", "imap_port", "imap_security", "username", "folder", "since"),
        *("smtp_host", "smtp_port", "smtp_security"),
    )
    return {name: getattr(box, name) for name in names}


def _write(kept: Mailbox | None, user_id: int | None, columns: dict[str, object], actor: Actor) -> Mailbox:
    moment = now()
    stamps = {"updated_at": moment, "updated_by_id": actor.user_id}
    if kept is None:
        trail.begin(actor, "mailboxes.connect", note=str(columns["address"]))
        made = Mailbox.objects.create(
            user_id=user_id, created_at=moment, created_by_id=actor.user_id, **stamps, **columns
        )
        Standing.objects.create(mailbox=made, next_at=moment)
    else:
        trail.begin(actor, "mailboxes.change", note=str(columns["address"]))
        Mailbox.objects.filter(pk=kept.pk).update(version=kept.version + 1, is_on=True, **stamps, **columns)
        made = Mailbox.objects.get(pk=kept.pk)
        is_other = (kept.imap_host, kept.username, kept.folder, kept.since) != (
            *(made.imap_host, made.username, made.folder, made.since),
        )
        fresh = {"uid_validity": 0, "last_uid": 0, "left": 0} if is_other else {}
        Standing.objects.filter(mailbox=made).update(
            next_at=moment,
            failures=0,
            failing_since=None,
            problem=None,
            told_at=None,
            failed_at=None,
            last_problem=None,
            **fresh,
        )
    queueing.read_soon(made.pk)
    return made


def switch_mailbox(
    user_id: int | None, *, is_on: bool, actor: Actor, use: Use = Use.MAIL, box_id: int | None = None
) -> None:
    """Stop or go on reading a mailbox. Raises NotAllowed or NotFound."""
    box = _own(user_id, actor, use, box_id)
    with transaction.atomic():
        trail.begin(actor, "mailboxes.switch", note=box.address)
        Mailbox.objects.filter(pk=box.pk).update(
            is_on=is_on, version=box.version + 1, updated_at=now(), updated_by_id=actor.user_id
        )
        if is_on:
            Standing.objects.filter(mailbox=box).update(next_at=now())
            queueing.read_soon(box.pk)


def remove_mailbox(
    user_id: int | None, *, actor: Actor, use: Use = Use.MAIL, box_id: int | None = None
) -> None:
    """Take a mailbox out: its password is erased, mail that stands on records stays.

    What waits to be sent by it is refused when its turn comes. Raises NotAllowed or NotFound.
    """
    box = _own(user_id, actor, use, box_id)
    with transaction.atomic():
        trail.begin(actor, "mailboxes.remove", note=box.address)
        Mailbox.objects.filter(pk=box.pk).update(
            sealed=None,
            is_on=False,
            gone_at=now(),
            version=box.version + 1,
            updated_at=now(),
            updated_by_id=actor.user_id,
        )


def try_mailbox(user_id: int | None, *, actor: Actor, use: Use = Use.MAIL, box_id: int | None = None) -> None:
    """Sign in at the servers of a mailbox as it is kept; nothing changes.

    Raises NotAllowed, NotFound, or InvalidValues with the sentence of the server's problem.
    """
    box = _own(user_id, actor, use, box_id)
    _try(box, _kept_password(box))


def read_soon(user_id: int | None, *, actor: Actor, use: Use = Use.MAIL, box_id: int | None = None) -> None:
    """Have a mailbox read at once. Raises NotAllowed or NotFound."""
    box = _own(user_id, actor, use, box_id)
    with transaction.atomic():
        Standing.objects.filter(mailbox=box).update(next_at=now())
        queueing.read_soon(box.pk)


def keep_signature(text: str, *, actor: Actor) -> None:
    """Keep what stands below the actor's mails."""
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    if actor.user_id is None:
        raise NotFound
    kept = {"text": text.strip()[:_MOST_SIGNATURE]}
    Signature.objects.update_or_create(user_id=actor.user_id, defaults=kept)


def waiting_in(box: Mailbox) -> int:
    """Count what waits to be sent by a mailbox."""
    states = [MailState.WAITING.value, MailState.SENDING.value]
    return Mail.objects.filter(mailbox=box, way=Way.OUT.value, state__in=states).count()


def _own(user_id: int | None, actor: Actor, use: Use, box_id: int | None) -> Mailbox:
    _refuse(user_id, actor)
    box = _box(user_id, use, box_id)
    if box is None:
        raise NotFound
    return box


def _box(user_id: int | None, use: Use, box_id: int | None) -> Mailbox | None:
    """Give the one that is meant: of a use with several it is named, of every other there is one."""
    if use not in SEVERAL:
        return queries.mailbox_of(user_id, use)
    return queries.company_box(box_id, use) if box_id is not None else None


def _refuse(user_id: int | None, actor: Actor) -> None:
    """Refuse everybody but the owner of a mailbox, and of the company's all but administrators.

    Raises NotAllowed or OnlyLooking.
    """
    if actor.is_looking:
        raise OnlyLooking(name=actor.name)
    if user_id is None:
        if not administers(actor):
            raise NotAllowed(why=_("the company's mailbox is for administrators to set up."))
        return
    if actor.user_id != user_id:
        raise NotFound
    if not setting(OWN_BOXES) and queries.mailbox_of(user_id) is None:
        raise NotAllowed(why=_("your company does not let people connect mailboxes of their own."))
