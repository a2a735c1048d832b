"""The lists of choices of consents, with the words and tones on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import ChoiceList, Option
from duyen.modules.consents.words import (
    Channel,
    ConsentState,
    DataKind,
    GivenBy,
    Per,
    Purpose,
    RefusedBy,
    RuleKind,
)

CHANNELS = (
    Option(Channel.EMAIL, pgettext_lazy("channel", "E-mail"), words=("email", "thư điện tử")),
    Option(Channel.SMS, pgettext_lazy("channel", "SMS"), words=("sms", "tin nhắn")),
    Option(Channel.CALL, pgettext_lazy("channel", "Phone call"), words=("gọi", "điện thoại")),
    Option(Channel.ZALO, pgettext_lazy("channel", "Zalo")),
    Option(Channel.POST, pgettext_lazy("channel", "Post")),
)

DATA_KINDS = (
    Option(DataKind.CONTACT, _("Name, phone, e-mail, address")),
    Option(DataKind.PROFILE, _("Birth date, sex, family")),
    Option(DataKind.PURCHASES, _("What was bought and paid")),
    Option(DataKind.USAGE, _("How the service is used")),
    Option(DataKind.LOCATION, _("Location")),
)

PURPOSES = ChoiceList(
    "consent_purposes",
    _("Purposes of contact"),
    (
        Option(Purpose.SERVICE, pgettext_lazy("purpose", "Service and contract"), "blue"),
        Option(Purpose.LEGAL, pgettext_lazy("purpose", "Notices that law demands"), "gray"),
        Option(Purpose.MARKETING, pgettext_lazy("purpose", "Advertising"), "violet", ("quảng cáo",)),
        Option(Purpose.SURVEY, pgettext_lazy("purpose", "Surveys"), "teal", ("khảo sát",)),
        Option(Purpose.SHARING, pgettext_lazy("purpose", "Passing data to partners"), "amber"),
    ),
    is_fixed=True,
)

STATES = ChoiceList(
    "consent_states",
    _("States of consents"),
    (
        Option(ConsentState.GIVEN, pgettext_lazy("consent", "Given"), "green"),
        Option(ConsentState.WITHDRAWN, pgettext_lazy("consent", "Withdrawn"), "red"),
    ),
    is_fixed=True,
)

GIVEN_BY = ChoiceList(
    "consent_forms",
    _("Forms of consent"),
    (
        Option(GivenBy.PAPER, _("Signed paper"), words=("giấy", "phiếu giấy")),
        Option(GivenBy.FORM, _("Form on the web"), words=("web", "biểu mẫu")),
        Option(GivenBy.RECORDING, _("Recorded call"), words=("ghi âm",)),
        Option(GivenBy.MESSAGE, _("Message from their number"), words=("tin nhắn",)),
        Option(GivenBy.MAIL, _("Mail from their address"), words=("email",)),
    ),
    is_fixed=True,
)

REFUSED_BY = ChoiceList(
    "refusal_ways",
    _("Ways of refusing"),
    (
        Option(RefusedBy.VOICE, _("Said on the phone")),
        Option(RefusedBy.REPLY, _("Answered a message or mail")),
        Option(RefusedBy.LINK, _("Link in a mail")),
        Option(RefusedBy.COUNTER, _("At the counter")),
        Option(RefusedBy.LETTER, _("By letter")),
    ),
    is_fixed=True,
)

PER = ChoiceList(
    "contact_periods",
    _("Periods of contacts"),
    (
        Option(Per.DAY, pgettext_lazy("contacts per", "Day")),
        Option(Per.WEEK, pgettext_lazy("contacts per", "Week")),
        Option(Per.MONTH, pgettext_lazy("contacts per", "Month")),
    ),
    is_fixed=True,
)

RULES = ChoiceList(
    "contact_rule_kinds",
    _("Kinds of contact rules"),
    (
        Option(RuleKind.SMS_HOURS, _("Hours of advertising messages")),
        Option(RuleKind.CALL_HOURS, _("Hours of advertising calls")),
        Option(RuleKind.SMS_CAP, _("Messages to a number in 24 hours")),
        Option(RuleKind.EMAIL_CAP, _("Mails to an address in 24 hours")),
        Option(RuleKind.CALL_CAP, _("Calls to a number in 24 hours")),
        Option(RuleKind.LIST_AGE, _("Hours for which a check of the do-not-call list holds")),
    ),
    is_fixed=True,
)

#: What stands on a consent whose last day is over.
EXPIRED = pgettext_lazy("consent", "Expired")
