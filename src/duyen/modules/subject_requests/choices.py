"""The lists of choices of requests, with the words and tones on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import ChoiceList, Option
from duyen.modules.subject_requests.words import ProvenBy, ReceivedBy, RequestKind, RequestState

KINDS = ChoiceList(
    "subject_request_kinds",
    _("Kinds of data requests"),
    (
        Option(RequestKind.ACCESS, pgettext_lazy("data request", "Copy of the data"), "blue"),
        Option(RequestKind.CORRECT, pgettext_lazy("data request", "Correct data"), "teal"),
        Option(RequestKind.DELETE, pgettext_lazy("data request", "Erase data"), "red"),
        Option(RequestKind.WITHDRAW, pgettext_lazy("data request", "Withdraw consent"), "amber"),
        Option(RequestKind.RESTRICT, pgettext_lazy("data request", "Restrict processing"), "violet"),
        Option(RequestKind.OBJECT, pgettext_lazy("data request", "Object to processing"), "gray"),
    ),
    is_fixed=True,
)

STATES = ChoiceList(
    "subject_request_states",
    _("States of data requests"),
    (
        Option(RequestState.RECEIVED, pgettext_lazy("data request", "Received"), "amber"),
        Option(RequestState.ACKNOWLEDGED, pgettext_lazy("data request", "Acknowledged"), "blue"),
        Option(RequestState.VERIFIED, pgettext_lazy("data request", "Identity proven"), "violet"),
        Option(RequestState.DONE, pgettext_lazy("data request", "Done"), "green"),
        Option(RequestState.REFUSED, pgettext_lazy("data request", "Refused"), "red"),
        Option(RequestState.WITHDRAWN, pgettext_lazy("data request", "Taken back"), "gray"),
    ),
    is_fixed=True,
)

WAYS = ChoiceList(
    "subject_request_ways",
    _("Ways of data requests"),
    (
        Option(ReceivedBy.COUNTER, pgettext_lazy("data request", "At the counter"), "teal"),
        Option(ReceivedBy.CALL, pgettext_lazy("data request", "By phone"), "green"),
        Option(ReceivedBy.MAIL, pgettext_lazy("data request", "By e-mail"), "blue"),
        Option(ReceivedBy.LETTER, pgettext_lazy("data request", "By letter"), "gray"),
        Option(ReceivedBy.WEB, pgettext_lazy("data request", "On the web"), "violet"),
    ),
    is_fixed=True,
)

PROOFS = ChoiceList(
    "subject_request_proofs",
    _("Proofs of identity"),
    (
        Option(ProvenBy.ID_CARD, _("Identity card seen"), "green"),
        Option(ProvenBy.VNEID, _("VNeID"), "green"),
        Option(ProvenBy.CALL_BACK, _("Called back on the number we hold"), "blue"),
        Option(ProvenBy.KNOWN_ADDRESS, _("Answered from the address we hold"), "teal"),
        Option(ProvenBy.POWER_OF_ATTORNEY, _("Power of attorney"), "violet"),
    ),
    is_fixed=True,
)
