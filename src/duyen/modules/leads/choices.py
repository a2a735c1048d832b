"""The lists of choices of leads, with the words and tones on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import ChoiceList, Option
from duyen.modules.leads.words import Known, LeadState, Reason, Temperature

STATES = ChoiceList(
    "lead_states",
    _("States of leads"),
    (
        Option(LeadState.NEW, pgettext_lazy("lead", "New"), "blue"),
        Option(LeadState.ASSIGNED, pgettext_lazy("lead", "Assigned"), "violet"),
        Option(LeadState.CONTACTED, pgettext_lazy("lead", "Contacted"), "teal"),
        Option(LeadState.QUALIFIED, pgettext_lazy("lead", "Qualified"), "green"),
        Option(LeadState.NURTURING, pgettext_lazy("lead", "Nurtured"), "amber"),
        Option(LeadState.DISQUALIFIED, pgettext_lazy("lead", "Given up"), "gray"),
        Option(LeadState.CONVERTED, pgettext_lazy("lead", "Became a customer"), "green"),
    ),
    is_fixed=True,
)

KNOWN = ChoiceList(
    "leads_perhaps_known",
    _("Whether a lead may be somebody known"),
    (
        Option(Known.PERHAPS, pgettext_lazy("lead", "May be somebody known"), "amber"),
        Option(Known.NEW, pgettext_lazy("lead", "Somebody new"), "gray"),
    ),
    is_fixed=True,
)

TEMPERATURES = ChoiceList(
    "lead_temperatures",
    _("Temperatures of leads"),
    (
        Option(Temperature.HOT, pgettext_lazy("lead", "Hot"), "red", ("hot",)),
        Option(Temperature.WARM, pgettext_lazy("lead", "Warm"), "amber", ("warm",)),
        Option(Temperature.COLD, pgettext_lazy("lead", "Cold"), "blue", ("cold",)),
    ),
    is_fixed=True,
)

REASONS = ChoiceList(
    "lead_disqualify_reasons",
    _("Reasons to give a lead up"),
    (
        Option(Reason.WRONG_NUMBER, _("Wrong number or address"), "", ("sai số",)),
        Option(Reason.DUPLICATE, pgettext_lazy("lead", "Duplicate"), "", ("trùng",)),
        Option("NO_NEED", pgettext_lazy("lead", "No need")),
        Option("OUT_OF_COVERAGE", _("Out of coverage"), "", ("ngoài vùng phủ",)),
        Option("LOCKED_IN", _("Bound to a competitor by contract"), "", ("đang hđ đối thủ",)),
        Option("PRICE", pgettext_lazy("lead", "Price")),
        Option("BOUGHT_ELSEWHERE", _("Bought elsewhere"), "", ("đã mua nơi khác",)),
        Option(Reason.NO_CONTACT_WANTED, _("Wants no contact"), "", ("từ chối liên hệ",)),
        Option(Reason.KEPT_NO_LONGER, _("Unused, kept no longer"), "", ("hết hạn lưu",)),
    ),
)

PURPOSES = ChoiceList(
    "lead_purposes",
    _("Purposes of collecting leads"),
    (
        Option("ADVICE", _("To advise and quote on what was asked")),
        Option("CONTRACT", _("To prepare a contract")),
        Option("EVENT", _("To take part in an event")),
        Option("SURVEY", _("To survey needs")),
    ),
)
