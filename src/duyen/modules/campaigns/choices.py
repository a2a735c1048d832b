"""The lists of choices of campaigns, with the words and tones on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import ChoiceList, Option
from duyen.modules.campaigns.words import CampaignState

KINDS = ChoiceList(
    "campaign_kinds",
    _("Kinds of campaign"),
    (
        Option("SMS", _("SMS"), "green", ("tin nhắn",)),
        Option("ZALO", _("Zalo"), "blue", ("zns",)),
        Option("EMAIL", pgettext_lazy("campaign", "E-mail"), "teal", ("thư điện tử", "mail")),
        Option("TELESALE", _("Telesale"), "green", ("gọi điện",)),
        Option("EVENT", _("Event, seminar"), "violet", ("hội thảo", "sự kiện")),
        Option("FIELD_SWEEP", _("Field sales sweep"), "amber", ("ra quân",)),
        Option("DIGITAL_ADS", _("Digital advertising"), "blue", ("quảng cáo số", "facebook", "google")),
        Option("POSM", _("Point of sale material"), "gray", ("cửa hàng", "posm")),
        Option("REFERRAL", _("Refer a friend"), "violet", ("giới thiệu",)),
        Option("CARE", _("Care and thanks"), "teal", ("chăm sóc", "tri ân")),
    ),
)

STATES = ChoiceList(
    "campaign_states",
    _("States of campaigns"),
    (
        Option(CampaignState.DRAFT, pgettext_lazy("campaign", "Being prepared"), "gray"),
        Option(CampaignState.RUNNING, pgettext_lazy("campaign", "Running"), "blue"),
        Option(CampaignState.COMPLETED, pgettext_lazy("campaign", "Completed"), "green"),
        Option(CampaignState.CANCELLED, pgettext_lazy("campaign", "Cancelled"), "red"),
    ),
    is_fixed=True,
)
