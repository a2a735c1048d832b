"""Decide what is to become of a mail that lies in a mailbox, from its head and from what is known here."""

from __future__ import annotations

from dataclasses import dataclass

from duyen.modules.messaging import boxes, rules
from duyen.modules.messaging.actions.knowing import Before, Known, addresses_of
from duyen.modules.messaging.actions.placing import Place
from duyen.modules.messaging.mime import parsing
from duyen.modules.messaging.models import Mail, Mailbox
from duyen.modules.messaging.words import Filed, MailKind, MailState


@dataclass(frozen=True)
class Verdict:
    """What is to become of a mail. `answers` is the mail that it answers or reports of.

    `place` is where it belongs, or where the mail stands of which it tells.
    """

    state: MailState | None
    why: Filed | None = None
    place: Place | None = None
    answers: Mail | None = None
    kind: MailKind = MailKind.MAIL

    @property
    def needs_whole(self) -> bool:
        """Tell whether more than the head is kept."""
        return self.state not in (None, MailState.LEFT_OUT)


#: What is not ours to keep.
NOTHING = Verdict(None)


def kind_of(headers: parsing.Headers) -> MailKind:
    """Tell what a mail is by its head."""
    return rules.kind_of(
        marks=headers.marks,
        sender=headers.sender.address,
        subject=headers.subject,
        has_report=headers.marks.get("content-type", "").lower().startswith("multipart/report"),
        return_path=headers.marks.get("return-path", ""),
    )


def judge(box: Mailbox, headers: parsing.Headers, whole: parsing.Mail | None, known: Known) -> Verdict:
    """Decide where a mail belongs; `whole` is needed of a report alone."""
    if headers.fingerprint in known.prints:
        return NOTHING
    kind = kind_of(headers)
    is_shared = box.user_id is None
    if is_our_own(headers, known):
        return Verdict(MailState.LEFT_OUT, Filed.OWN_NOTICE, kind=MailKind.NOTICE) if is_shared else NOTHING
    if kind is MailKind.BOUNCE:
        return _judge_bounce(headers, whole, known, is_shared=is_shared)
    before = known.answered(headers.references)
    if before is not None and kind is not MailKind.MAIL:
        return Verdict(MailState.TOLD, Filed.ANSWER, before.place, before.mail, kind)
    if before is not None and before.place is not None:
        return Verdict(MailState.FILED, Filed.ANSWER, before.place, before.mail)
    if not is_shared:
        return NOTHING
    return _judge_unasked(headers, kind, known, before)


def _judge_unasked(headers: parsing.Headers, kind: MailKind, known: Known, before: Before | None) -> Verdict:
    """Decide about a mail of the company's mailbox that answers none that has a place still."""
    if kind is MailKind.AUTO_REPLY:
        return Verdict(MailState.LEFT_OUT, Filed.AUTOMATIC, kind=kind)
    if kind is MailKind.NOTICE:
        return Verdict(MailState.LEFT_OUT, Filed.TO_MANY, kind=kind)
    answers = before.mail if before is not None else None
    found = known.places_by(*addresses_of(headers))
    if len(found) == 1:
        return Verdict(MailState.FILED, Filed.ADDRESS, found[0], answers)
    return Verdict(
        MailState.UNFILED, Filed.SEVERAL_PARTIES if found else Filed.UNKNOWN_ADDRESS, answers=answers
    )


def _judge_bounce(
    headers: parsing.Headers, whole: parsing.Mail | None, known: Known, *, is_shared: bool
) -> Verdict:
    """Find the mail of which a report tells, by the ids in it."""
    answers = known.sent(reported(headers, whole))
    if answers is not None:
        before = known.befores.get(answers.message_id)
        place = before.place if before is not None else None
        return Verdict(MailState.TOLD, Filed.ANSWER, place, answers, MailKind.BOUNCE)
    if not is_shared:
        return NOTHING
    return Verdict(MailState.LEFT_OUT, Filed.BOUNCED_UNKNOWN, kind=MailKind.BOUNCE)


def reported(headers: parsing.Headers, whole: parsing.Mail | None) -> tuple[str, ...]:
    """Give the ids of the mails of which a report tells."""
    return (*(whole.report.about if whole and whole.report else ()), *headers.references)


def is_our_own(headers: parsing.Headers, known: Known) -> bool:
    """Tell a mail that Duyên wrote: a notice, or a copy of what went out."""
    if headers.message_id and known.sent([headers.message_id]) is not None:
        return True
    is_by_itself = headers.marks.get("auto-submitted", "no").lower().startswith("auto-generated")
    return is_by_itself and headers.sender.address == boxes.company_address().address
