"""Writing a mail as a step of a record, for programs: people have a page of its own for it, with drafts."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.actions import Action
from duyen.entities.fields import Choice, Field, LongText, Option, Text, Whole
from duyen.entities.registry import entity_named
from duyen.foundation.access.actor import Actor
from duyen.foundation.access.words import READ
from duyen.modules.consents.words import Purpose
from duyen.modules.messaging.actions.sending import Writing, send_mail
from duyen.modules.messaging.words import Sender

_SENDERS = (
    Option(Sender.OWN, _("My mailbox")),
    Option(Sender.SHARED, _("The company's mailbox")),
    Option(Sender.COMPANY, _("The company's server")),
)
#: What a mail is, as its writer says.
PURPOSES = (
    Option(Purpose.SERVICE, _("Service: it answers, agrees, delivers")),
    Option(Purpose.MARKETING, _("Advertising: it offers what was not asked for")),
)
_ASKS: tuple[Field, ...] = (
    Text("to", _("To"), required=True, max_length=5_000, help=_("Addresses, divided by semicolons.")),
    Text("cc", _("Copy to"), max_length=5_000),
    Text("subject", _("Mail subject"), required=True, max_length=250),
    LongText("body", _("Mail text"), required=True),
    Choice("sends_as", _("Send by"), options=_SENDERS, help=_("Left empty: the first that is there.")),
    Choice("purpose", pgettext_lazy("mail", "What it is"), options=PURPOSES, help=_("Left empty: service.")),
    Whole("answers", _("Answers mail number"), least=1, most=2**62),
)


def writing_to(entity: str) -> Action:
    """Give the step that writes a mail to one record of a kind; what it does is `send_mail`, once a call."""

    def write(*, actor: Actor, row: Mapping[str, Any], **asked: Any) -> None:
        given = {name: value for name, value in asked.items() if value not in (None, "")}
        send_mail(entity_named(entity), row["id"], Writing(**given), actor=actor)

    return Action(
        f"{entity}.write_mail",
        _("Write a mail"),
        write,
        needs=READ,
        asks=_ASKS,
        icon="mail-plus",
        part="to",
        text=_("It goes out within a minute. How it stands is told on the timeline."),
    )
