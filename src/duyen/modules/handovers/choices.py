"""The states of handovers in words and tones."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils.translation import pgettext_lazy

from duyen.entities.fields import Label
from duyen.modules.handovers.words import HandoverState

STATES: Mapping[HandoverState, Label] = {
    HandoverState.WAITING: pgettext_lazy("handover", "Waits"),
    HandoverState.ACCEPTED: pgettext_lazy("handover", "Accepted"),
    HandoverState.RETURNED: pgettext_lazy("handover", "Returned"),
    HandoverState.WITHDRAWN: pgettext_lazy("handover", "Withdrawn"),
}
TONES: Mapping[HandoverState, str] = {
    HandoverState.WAITING: "amber",
    HandoverState.ACCEPTED: "green",
    HandoverState.RETURNED: "red",
    HandoverState.WITHDRAWN: "gray",
}
