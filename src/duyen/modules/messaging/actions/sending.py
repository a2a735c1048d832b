"""Write a mail to one record: judge it, put it down as an activity, and leave it to the outbox.

Nothing is sent here. What is put down, and the job that sends it, stand or fall together.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext as _

from duyen.entities.attachments.opening import open_file
from duyen.entities.attachments.reading import file_on
from duyen.entities.attachments.writing import Stored, add_file
from duyen.entities.entity import Entity
from duyen.entities.errors import InvalidValues, NotAllowed, NotFound
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import CREATE
from duyen.foundation.files.limits import MB, limits
from duyen.foundation.files.models import FileVersion
from duyen.foundation.settings.company import setting, settings_of
from duyen.kernel.clock import now
from duyen.kernel.emails import EmailError, read_email
from duyen.kernel.errors import DomainError, FieldProblem
from duyen.modules.activities import actions as activities
from duyen.modules.activities import queries as activity_queries
from duyen.modules.activities.words import ActivityKind, Direction
from duyen.modules.consents.queries import refusal_url
from duyen.modules.consents.words import Purpose
from duyen.modules.messaging import queries, rules
from duyen.modules.messaging.actions.advertising import take_contacts
from duyen.modules.messaging.mime.parsing import Person
from duyen.modules.messaging.mime.writing import new_message_id
from duyen.modules.messaging.models import Mail, MailDraft, MailFile
from duyen.modules.messaging.queueing import send_soon
from duyen.modules.messaging.settings import MOST_MB
from duyen.modules.messaging.words import MailState, Way

#: One mail is for people around one record, no way to write to many.
MOST_PEOPLE = 20
_DEMO = "installation.demo"
_PARTS = re.compile(r"[;\n]+|,(?=[^\"]*(?:\"[^\"]*\"[^\"]*)*$)")
_NAMED = re.compile(r"^\s*\"?([^\"<>]*?)\"?\s*<\s*([^<>]+?)\s*>\s*$")


@dataclass(frozen=True)
class Writing:
    """A mail as somebody wrote it. `to` and `cc` are typed; `file_ids` are files of the record.

    Its writer says whether it is advertising, by `purpose`.
    """

    to: str
    subject: str
    body: str
    cc: str = ""
    sends_as: str = ""
    answers: int | None = None
    purpose: str = Purpose.SERVICE.value
    file_ids: Sequence[int] = ()
    uploads: Sequence[Stored] = field(default=(), repr=False)


def send_mail(entity: Entity, record_id: int, writing: Writing, *, actor: Actor) -> Mail:
    """Put a mail to a record down to be sent. Raises NotFound, NotAllowed or InvalidValues.

    Whoever may read the record and note activities may write; what she may not see cannot be enclosed.
    """
    if not entity.rows(actor).filter(pk=record_id).exists():
        raise NotFound
    if not actor.may("activities", CREATE):
        raise NotAllowed(why=_("noting activities is not among your rights."))
    read = _Read(writing, actor)
    read.judge()
    if writing.purpose == Purpose.MARKETING:
        read.judge_advertising()
    enclosed = _enclosed(entity, record_id, writing, actor, read.problems)
    if read.problems or read.sender is None:
        raise InvalidValues(read.problems)
    with transaction.atomic():
        if writing.purpose == Purpose.MARKETING:
            denied = list(take_contacts(read.addresses, actor=actor))
            if denied:
                raise InvalidValues(denied)
        return _put_down(entity, record_id, writing, read, enclosed, actor)


class _Read:
    """What was typed, read and judged, with the problems it has."""

    def __init__(self, writing: Writing, actor: Actor) -> None:
        self._writing, self._actor = writing, actor
        self.problems: list[FieldProblem] = []
        self.to: list[Person] = []
        self.cc: list[Person] = []
        self.sender: queries.SenderChoice | None = None

    @property
    def addresses(self) -> list[str]:
        """All to whom it goes, once each."""
        return list({each.address.lower(): each.address for each in (*self.to, *self.cc)}.values())

    def judge(self) -> None:
        self.to, self.cc = self._people("to", self._writing.to), self._people("cc", self._writing.cc)
        if not self.to and not any(each.field == "to" for each in self.problems):
            self._say("to", "required", _("Say to whom it goes."))
        if len(self.to) + len(self.cc) > MOST_PEOPLE:
            sentence = _(
                "One mail goes to at most %(most)s people. Write to the others by a mail of their own."
            )
            self._say("to", "too_many", sentence % {"most": MOST_PEOPLE})
        if not self._writing.subject.strip():
            self._say("subject", "required", _("Say in a few words what it is about."))
        if not self._writing.body.strip():
            self._say("body", "required", _("The mail is empty. Write what you want to say."))
        self._judge_places()
        self._choose_sender()

    def judge_advertising(self) -> None:
        """See that it goes to one address: the link by which one refuses is that person's own."""
        if len(self.addresses) > 1:
            sentence = _(
                "Advertising goes to one address at a time: its link to refuse is that person's own. Write "
                "to the others by a mail of their own."
            )
            self._say("to", "one_each", sentence)

    def _judge_places(self) -> None:
        for name in ("subject", "body"):
            left = rules.places_in(getattr(self._writing, name))
            if left:
                sentence = _("“%(field)s” was not filled in. Write the words in its place, or take it out.")
                self._say(name, "place", sentence % {"field": "{{" + left[0] + "}}"})

    def _choose_sender(self) -> None:
        choices = queries.senders_for(self._actor.user_id or 0, self._actor.name)
        asked = self._writing.sends_as
        self.sender = next(
            (each for each in choices if each.code == asked), None if asked else _first(choices)
        )
        if not choices:
            sentence = _(
                "There is no mail server to send by. Connect your mailbox in your profile, "
                "or ask the administrator."
            )
            self._say("sends_as", "no_server", sentence)
        elif self.sender is None:
            self._say("sends_as", "gone", _("This way to send is gone. Choose another one."))

    def _people(self, name: str, typed: str) -> list[Person]:
        found: dict[str, Person] = {}
        for part in filter(str.strip, _PARTS.split(typed)):
            named = _NAMED.match(part)
            try:
                address = read_email(named[2] if named else part)
            except EmailError as error:
                self._say(name, error.code, str(error))
                continue
            found.setdefault(address.lower(), Person(named[1].strip() if named else "", address))
        return list(found.values())

    def _say(self, name: str, code: str, sentence: str) -> None:
        self.problems.append(FieldProblem(name, code, sentence))


def _first(choices: Sequence[queries.SenderChoice]) -> queries.SenderChoice | None:
    return choices[0] if choices else None


@dataclass(frozen=True)
class _Enclosed:
    name: str
    size: int
    file_id: int
    version_id: int


def _enclosed(
    entity: Entity, record_id: int, writing: Writing, actor: Actor, problems: list[FieldProblem]
) -> list[_Enclosed]:
    """Find the files of the record that go with the mail, and see that all together are not too large."""
    held, found = limits(), []
    for file_id in dict.fromkeys(writing.file_ids):
        try:
            kept = file_on(entity, record_id, file_id, actor=actor, limits=held)
            open_file(entity, record_id, file_id, actor=actor, limits=held)
        except DomainError as error:
            problems.append(FieldProblem("files", error.code, str(error)))
            continue
        found.append(_Enclosed(kept.name, kept.version.size, kept.id, kept.version.id))
    most = int(setting(MOST_MB))
    total = sum(each.size for each in found) + sum(each.content.size for each in writing.uploads)
    if total > most * MB:
        sentence = _("The files are larger than %(most)s MB together. Leave some out, or send a link.")
        problems.append(FieldProblem("files", "too_large", sentence % {"most": most}))
    return found


def _put_down(
    entity: Entity,
    record_id: int,
    writing: Writing,
    read: _Read,
    enclosed: Iterable[_Enclosed],
    actor: Actor,
) -> Mail:
    sender = read.sender
    assert sender is not None  # noqa: S101 - judged by the caller
    moment, subject, body = now(), " ".join(writing.subject.split()), writing.body.strip()
    if writing.purpose == Purpose.MARKETING:
        subject, body = rules.as_advertising(subject, body, refusal_url(read.addresses[0]))
    subject = subject[:250]
    activity = activities.log(
        ActivityKind.EMAIL,
        subject,
        actor=actor,
        about=[(entity.name, record_id)],
        done_at=moment,
        body=body,
        direction=Direction.OUT,
        owner=actor.user_id,
    )
    is_demo = bool(settings_of(_DEMO)[_DEMO])
    before = _answered(entity, record_id, writing.answers)
    mail = Mail.objects.create(
        way=Way.OUT.value,
        state=(MailState.STOPPED if is_demo else MailState.WAITING).value,
        why={"code": "demo"} if is_demo else None,
        activity_id=activity.id,
        party_id=record_id if entity.party == "id" else None,
        mailbox_id=sender.mailbox_id,
        answers=before,
        message_id=new_message_id(sender.sender.address),
        thread=[*before.thread, before.message_id][-20:] if before is not None else [],
        sender_name=sender.sender.name[:120],
        sender_address=sender.sender.address,
        reply_to=sender.reply_to.address if sender.reply_to is not None else "",
        people={"to": [_pair(each) for each in read.to], "cc": [_pair(each) for each in read.cc]},
        subject=subject,
        body=body,
        sends_as=sender.code.value,
        purpose=writing.purpose,
        at=moment,
        created_at=moment,
        created_by_id=actor.user_id,
        next_at=None if is_demo else moment,
    )
    for each in enclosed:
        MailFile.objects.create(
            mail=mail, name=each.name, size=each.size, file_id=each.file_id, version_id=each.version_id
        )
    _keep_uploads(mail, activity.id, writing.uploads, actor)
    MailDraft.objects.filter(user_id=actor.user_id or 0, entity=entity.name, record_id=record_id).delete()
    if not is_demo:
        send_soon(mail.pk)
    return mail


def _answered(entity: Entity, record_id: int, mail_id: int | None) -> Mail | None:
    """Find the mail that is answered: one that stands on this very record."""
    found = (
        Mail.objects.filter(pk=mail_id, activity_id__isnull=False).order_by("pk").first() if mail_id else None
    )
    if found is None:
        return None
    about = activity_queries.about([found.activity_id or 0]).get(found.activity_id or 0, [])
    return found if (entity.name, record_id) in about else None


def _keep_uploads(mail: Mail, activity_id: int, uploads: Sequence[Stored], actor: Actor) -> None:
    """Hang files that came with the form on the activity, and enclose them."""
    for each in uploads:
        filed = add_file(entity_named("activities"), activity_id, each, actor=actor)
        content = each.content
        version = _version_of(filed.id, filed.number)
        MailFile.objects.create(
            mail=mail, name=content.name, size=content.size, file_id=filed.id, version_id=version
        )


def _version_of(file_id: int, number: int) -> int:
    return FileVersion.objects.values_list("pk", flat=True).get(file_id=file_id, number=number)


def _pair(person: Person) -> list[str]:
    return [person.name, person.address]
