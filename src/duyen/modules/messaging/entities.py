"""Mail templates as an entity, and what mail adds to the pages of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from duyen.entities.entity import Entity, Part
from duyen.entities.fields import Choice, Flag, LongText, Option, Text
from duyen.entities.history import name_hanging
from duyen.entities.listing import Listing, Sort
from duyen.entities.merging.declared import Hanging, Same
from duyen.entities.merging.hangings import hang, hang_by_name
from duyen.entities.pages import Panel, Tab
from duyen.entities.registry import extend, register
from duyen.entities.scope import Scope
from duyen.entities.seeding import offer_seed
from duyen.entities.trail_lines import name_families
from duyen.kernel.errors import FieldProblem
from duyen.modules.activities.queries import remark_on
from duyen.modules.activities.words import ActivityKind
from duyen.modules.messaging import filling, remarks, rules, seeds, tabs
from duyen.modules.messaging.actions.filing import FILE
from duyen.modules.messaging.actions.stepping import writing_to
from duyen.modules.messaging.models import Mail, MailDraft, MailTemplate
from duyen.modules.messaging.personal import MAIL_TEMPLATE

WRITTEN_TO = (Option("customers", _("Customers")), Option("contacts", _("Contacts")))


def _judge(after: Mapping[str, Any], _before: Mapping[str, Any] | None) -> Iterable[FieldProblem]:
    """Refuse what stands between double braces and is no field."""
    known = filling.known_places(after.get("entity") or "")
    for name in ("subject", "body"):
        wrong = rules.unknown_places([after.get(name) or ""], known)
        if wrong:
            sentence = gettext("“%(field)s” is no field. Such fields are: %(known)s.")
            some = ", ".join("{{" + each + "}}" for each in sorted(known)[:6])
            told = {"field": "{{" + wrong[0] + "}}", "known": some}
            yield FieldProblem(name, "unknown_field", sentence % told)


_READERS = ("SALES_REP", "TELLER", "COLLAB", "TECHNICIAN", "MARKETER", "ACCOUNTANT", "DPO")
_FILERS = ("CARE_AGENT", "RECORDS_OFFICER")
_KEEPERS = ("AREA_HEAD", "SALES_MANAGER", "DIRECTOR", "HQ_STEWARD")

mail_templates = Entity(
    model=MailTemplate,
    name="mail_templates",
    label=_("Mail template"),
    labels=_("Mail templates"),
    icon="mail-open",
    personal=MAIL_TEMPLATE,
    group=_("Sales"),
    under="/tasks/days",
    scope=Scope(owner="", unit=""),
    fixed={},
    files=None,
    fields=[
        Text("name", _("Name"), required=True, max_length=120),
        Choice("entity", _("For"), options=WRITTEN_TO, help=_("Left empty, it can be used for all of them.")),
        Text(
            "subject",
            _("Mail subject"),
            max_length=200,
            help=_("Fields stand in double braces, such as {{record.name}} or {{me.full_name}}."),
        ),
        LongText(
            "body",
            _("Mail text"),
            required=True,
            help=_("Your signature is put below by itself. Each field shows only what the sender may see."),
        ),
        Flag("is_active", _("In use"), default=True),
    ],
    lists=[
        Listing(
            "all",
            _("All"),
            columns="name entity subject is_active",
            sorts=[Sort("name", _("Name"), "name")],
            filters="entity is_active",
        )
    ],
    form=["name", "entity is_active", "subject", "body"],
    summary="subject",
    rules=[_judge],
    rights={FILE: _("File mail of the company's mailbox")},
    grants={
        **dict.fromkeys(_READERS, "all: read"),
        **dict.fromkeys(_FILERS, f"all: read {FILE}"),
        **dict.fromkeys(_KEEPERS, f"all: read create change delete {FILE}"),
        "ADMIN": "all: read create change delete",
    },
)

register(mail_templates)
offer_seed(seeds.KEY, seeds.bring_templates)

for _name in filling.WRITTEN_TO:
    extend(
        _name,
        panels=[
            Panel(
                "mail_trouble",
                _("Mail that has not arrived"),
                "messaging/trouble_panel.html",
                remarks.trouble_of,
            )
        ],
        tabs=[Tab("mails", _("Mails"), "messaging/mails.html", tabs.mails_on(_name))],
        actions=[writing_to(_name)],
    )
remark_on(ActivityKind.EMAIL, remarks.remarks_on_mails)
extend(
    "activities",
    panels=[Panel("mail", _("Mail"), "messaging/mail_panel.html", tabs.mail_panel, fits=tabs.is_mail)],
    tabs=[Tab("mail", _("Mail"), "messaging/mail.html", tabs.mail_of_activity, fits=tabs.is_mail)],
)

hang_by_name(
    Hanging(
        MailDraft,
        ("record_id",),
        _("Drafts of mails"),
        named="entity",
        same=[Same(("user_id", "entity", "record_id"))],
        is_told=False,
    ),
)
hang("parties", Hanging(Mail, ("party_id",), _("Mails"), is_told=False))

name_families({"mailboxes": _("Mailbox"), "mails": _("Mail")})
name_hanging(
    Part(
        "mailboxes",
        _("Mailbox"),
        [
            Text("address", _("Address")),
            Text("imap_host", _("Server to read from")),
            Text("smtp_host", _("Server to send by")),
            Text("username", _("User name")),
            Flag("is_on", _("On")),
        ],
    )
)
