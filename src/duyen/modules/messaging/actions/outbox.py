"""Hand mails over to their servers, each once, and keep what became of each.

A mail is WAITING until the server has taken sender and addresses. Then, before the word DATA, the row says
SENDING and that is committed. What happens up to there is tried again; what happens behind it is either the
server's word, or nobody knows: such a mail is UNCERTAIN, is never sent again by itself, and waits for its
sender to say what is to become of it. Decision record: docs/decisions/a-mail-is-sent-once.md.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from duyen.entities.errors import NotFound, Refused
from duyen.entities.history import name_verbs
from duyen.entities.locking import lock
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CHANGE
from duyen.foundation.audit import trail
from duyen.foundation.files.models import FileVersion
from duyen.foundation.files.store import Missing, Unreachable, store_at
from duyen.foundation.files.words import Scan
from duyen.foundation.health.mail import MAIL
from duyen.foundation.health.marks import note_bad, note_good
from duyen.foundation.notices.telling import notify
from duyen.kernel.clock import now
from duyen.modules.consents.queries import refusal_url
from duyen.modules.consents.words import Purpose
from duyen.modules.messaging import boxes, rules
from duyen.modules.messaging.actions.advertising import is_still_wanted
from duyen.modules.messaging.mime.parsing import Enclosed, Person
from duyen.modules.messaging.mime.writing import Letter, write
from duyen.modules.messaging.models import Mail, Mailbox
from duyen.modules.messaging.notices import NOT_SENT
from duyen.modules.messaging.queueing import send_soon
from duyen.modules.messaging.servers import problems, smtp
from duyen.modules.messaging.servers.problems import MailServerProblem, NoServer, Unanswered
from duyen.modules.messaging.words import MailState, Sender, Way

name_verbs(
    {
        "mails.send_again": _("Mail sent again"),
        "mails.stop": _("Mail stopped"),
        "mails.confirm": _("Mail known to be sent"),
    }
)
_SCAN_PAUSE = dt.timedelta(minutes=1)


class NotInThisState(Refused):
    """The mail stands otherwise by now."""

    code = "mail_state"
    sentence = _("This mail stands otherwise by now. Open it anew to see how.")


class _TakenFromUs(Exception):
    """Another process has the mail, or somebody stopped it."""


class _Scanning(Exception):
    """A file of the mail still waits for the virus scanner."""


class _FileGone(Exception):
    """A file of the mail cannot be read any more, or holds a virus."""


class _Unwanted(Exception):
    """Somebody to whom the advertising goes refused it meanwhile."""


def due() -> list[int]:
    """List the mails whose next try is due and that nobody has in hand."""
    rows = Mail.objects.filter(state=MailState.WAITING.value, next_at__lte=now())
    free = rows.filter(Q(held_until=None) | Q(held_until__lte=now()))
    return list(free.order_by("next_at", "pk").values_list("pk", flat=True)[:500])


def settle_lost() -> int:
    """Say of mails whose process died behind DATA that nobody knows; gives how many there were."""
    lost = Mail.objects.filter(state=MailState.SENDING.value, held_until__lte=now())
    ids = list(lost.values_list("pk", flat=True)[:500])
    for mail_id in ids:
        _settle_one(mail_id)
    return len(ids)


def _settle_one(mail_id: int) -> None:
    with transaction.atomic():
        mine = Mail.objects.filter(pk=mail_id, state=MailState.SENDING.value, held_until__lte=now())
        if mine.update(
            state=MailState.UNCERTAIN.value, held_until=None, why=problems.kept(Unanswered(host=""))
        ):
            _tell(Mail.objects.get(pk=mail_id))


def hand_over(mail_id: int) -> None:
    """Try to send one mail whose try is due; whatever comes of it is kept on the mail."""
    mail = _take(mail_id)
    if mail is None:
        return
    try:
        _refuse_unwanted(mail)
        relay = _relay_of(mail)
        data = write(_letter(mail))
        refused = smtp.send(
            relay,
            data,
            sender=mail.sender_address,
            recipients=[address for _name, address in _everybody(mail)],
            about_to_send=lambda: _mark_sending(mail.pk),
        )
    except MailServerProblem as problem:
        _failed(mail, problem)
    except _TakenFromUs:
        return
    except _Scanning:
        _put_back(mail, now() + _SCAN_PAUSE, {"code": "scan"}, tries=mail.tries - 1)
    except _FileGone:
        _end(mail, MailState.REFUSED, {"code": "file_gone"})
    except _Unwanted:
        _end(mail, MailState.STOPPED, {"code": "unwanted"})
    else:
        _taken(mail, refused)


def _take(mail_id: int) -> Mail | None:
    """Take a mail for this process alone; nothing where another has it or it is over."""
    mine = Mail.objects.filter(pk=mail_id, state=MailState.WAITING.value, next_at__lte=now())
    mine = mine.filter(Q(held_until=None) | Q(held_until__lte=now()))
    if not mine.update(held_until=now() + rules.LEASE, tries=F("tries") + 1):
        return None
    return Mail.objects.select_related("created_by").get(pk=mail_id)


def _mark_sending(mail_id: int) -> None:
    """Write down that the mail goes over the line now. Raises _TakenFromUs where it may not."""
    mine = Mail.objects.filter(pk=mail_id, state=MailState.WAITING.value, held_until__gt=now())
    if not mine.update(state=MailState.SENDING.value, held_until=now() + rules.LEASE):
        raise _TakenFromUs


def _refuse_unwanted(mail: Mail) -> None:
    """See that advertising is still wanted. Raises _Unwanted."""
    if mail.purpose == Purpose.MARKETING and not is_still_wanted([each for _name, each in _everybody(mail)]):
        raise _Unwanted


def _relay_of(mail: Mail) -> smtp.Relay:
    """Give the server by which a mail goes out. Raises MailServerProblem."""
    if mail.sends_as == Sender.COMPANY:
        relay = boxes.company_relay()
        if relay is None:
            raise NoServer
        return relay
    box = Mailbox.objects.filter(pk=mail.mailbox_id or 0, gone_at=None, is_on=True).order_by("pk").first()
    if box is None or not box.smtp_host:
        raise NoServer
    return boxes.relay_of(box)


def _letter(mail: Mail) -> Letter:
    """Write a mail as it goes out: the same at each try. Raises _Scanning or _FileGone."""
    people = {
        name: [Person(said, address) for said, address in mail.people.get(name, ())] for name in ("to", "cc")
    }
    return Letter(
        message_id=mail.message_id,
        sender=Person(mail.sender_name, mail.sender_address),
        reply_to=Person(mail.sender_name, mail.reply_to) if mail.reply_to else None,
        to=people["to"],
        cc=people["cc"],
        subject=mail.subject,
        text=mail.body,
        at=mail.created_at,
        references=[each for each in mail.thread if each],
        files=_files(mail),
        **_refusing(mail),
    )


def _refusing(mail: Mail) -> dict[str, str]:
    """Give how advertising is refused: it goes to one address, whose link stands in it."""
    if mail.purpose != Purpose.MARKETING:
        return {}
    ((_name, address),) = _everybody(mail)
    return {"refuse_url": refusal_url(address), "refuse_by": mail.reply_to or mail.sender_address}


def _files(mail: Mail) -> list[Enclosed]:
    wanted = [(each.name, each.version_id) for each in mail.files.order_by("pk")]
    versions = FileVersion.objects.in_bulk([version_id for _name, version_id in wanted if version_id])
    found = []
    for name, version_id in wanted:
        version = versions.get(version_id or 0)
        if version is None or version.scan == Scan.INFECTED:
            raise _FileGone
        if version.scan == Scan.PENDING:
            raise _Scanning
        try:
            content = b"".join(store_at(version.place).read(version.key, start=0, length=None))
        except Missing as error:
            raise _FileGone from error
        except Unreachable as error:
            raise _Scanning from error
        found.append(Enclosed(name, content))
    return found


def _everybody(mail: Mail) -> list[tuple[str, str]]:
    pairs = [*mail.people.get("to", ()), *mail.people.get("cc", ())]
    return list({address.lower(): (name, address) for name, address in pairs}.values())


def _taken(mail: Mail, refused: Sequence[smtp.NotTaken]) -> None:
    not_taken = [[each.address, each.code, each.said] for each in refused]
    with transaction.atomic():
        Mail.objects.filter(pk=mail.pk).update(
            state=MailState.SENT.value, held_until=None, next_at=None, why=None, at=now(), not_taken=not_taken
        )
        if mail.sends_as == Sender.COMPANY:
            note_good(MAIL)
        if refused:
            _tell(mail)


def _failed(mail: Mail, problem: MailServerProblem) -> None:
    """Try again later, refuse for good, or leave it open where nobody knows."""
    if mail.sends_as == Sender.COMPANY:
        note_bad(MAIL, problem)
    why = problems.kept(problem)
    if isinstance(problem, Unanswered):
        return _end(mail, MailState.UNCERTAIN, why)
    pause = None if problem.is_lasting else rules.pause_before(mail.tries)
    if pause is None:
        return _end(mail, MailState.REFUSED, why)
    return _put_back(mail, now() + pause, why, tries=mail.tries)


def _put_back(mail: Mail, at: dt.datetime, why: dict[str, Any], *, tries: int) -> None:
    ours = Mail.objects.filter(pk=mail.pk, state__in=[MailState.WAITING.value, MailState.SENDING.value])
    ours.update(state=MailState.WAITING.value, held_until=None, next_at=at, why=why, tries=tries)


def _end(mail: Mail, state: MailState, why: dict[str, Any]) -> None:
    with transaction.atomic():
        ours = Mail.objects.filter(pk=mail.pk, state__in=[MailState.WAITING.value, MailState.SENDING.value])
        if ours.update(state=state.value, held_until=None, next_at=None, why=why):
            _tell(mail)


def _tell(mail: Mail) -> None:
    """Tell the sender that her mail did not reach everybody."""
    if mail.created_by_id is not None:
        notify(
            [mail.created_by_id],
            NOT_SENT,
            entity="activities",
            record_id=mail.activity_id,
            fold=f"mail:{mail.pk}",
            subject=mail.subject[:120],
        )


# --- what people do with a mail ------------------------------------------------------------------------


def send_again(mail_id: int, *, actor: Actor) -> Mail:
    """Try a mail once more that was refused, stopped, or of which nobody knows. It keeps its Message-ID.

    Raises NotFound, NotAllowed or NotInThisState.
    """
    from_ = (MailState.REFUSED, MailState.UNCERTAIN)
    changes = {"tries": 0, "next_at": now(), "why": None, "held_until": None, "not_taken": []}
    return _step(mail_id, actor, "mails.send_again", from_, MailState.WAITING, changes)


def stop_sending(mail_id: int, *, actor: Actor) -> Mail:
    """Take a mail out of the queue before it is sent. Raises NotFound, NotAllowed or NotInThisState."""
    changes = {"next_at": None, "why": {"code": "stopped"}}
    return _step(mail_id, actor, "mails.stop", (MailState.WAITING,), MailState.STOPPED, changes)


def confirm_sent(mail_id: int, *, actor: Actor) -> Mail:
    """Say of a mail of which nobody knew that it was sent. Raises NotFound, NotAllowed or NotInThisState."""
    changes = {"why": {"code": "confirmed"}}
    return _step(mail_id, actor, "mails.confirm", (MailState.UNCERTAIN,), MailState.SENT, changes)


def _step(
    mail_id: int,
    actor: Actor,
    verb: str,
    from_: Sequence[MailState],
    to: MailState,
    changes: dict[str, Any],
) -> Mail:
    with transaction.atomic():
        mail = Mail.objects.filter(pk=mail_id, way=Way.OUT.value).order_by("pk").first()
        if mail is None or mail.activity_id is None:
            raise NotFound
        lock(entity_named("activities"), mail.activity_id, actor=actor, verb=CHANGE)
        mine = Mail.objects.filter(pk=mail_id, state__in=[each.value for each in from_])
        if not mine.update(state=to.value, **changes):
            raise NotInThisState
        trail.note_opened(
            actor,
            verb,
            entity="activities",
            record_id=mail.activity_id,
            party_id=mail.party_id,
            note=mail.subject[:200],
        )
        if to is MailState.WAITING:
            send_soon(mail_id)
    return mail
