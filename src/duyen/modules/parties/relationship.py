"""The life cycle of the relationship with a customer (process §2.13): attract, develop, keep, win back, end.

Later modules move it by events of contracts and service; here people move it by command, with a reason.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import Text
from duyen.entities.lifecycle import Command, Lifecycle
from duyen.modules.parties.choices import RELATIONSHIP_STATES
from duyen.modules.parties.words import RelationshipState as State

_REASON = (Text("note", _("Reason"), required=True, max_length=300),)

_LIVING = (State.ATTRACTING, State.ONBOARDING, State.DEVELOPING, State.RETAINING, State.AT_RISK_NOTICE)

RELATIONSHIP = Lifecycle(
    "relationship_state",
    label=_("Relationship"),
    states=RELATIONSHIP_STATES,
    since="relationship_since",
    commands=[
        Command(
            "start",
            _("Mark as new customer"),
            (State.ATTRACTING, State.WIN_BACK),
            State.ONBOARDING,
            asks=_REASON,
        ),
        Command(
            "develop",
            _("Mark as developing"),
            (State.ONBOARDING, State.RETAINING),
            State.DEVELOPING,
            asks=_REASON,
        ),
        Command(
            "retain",
            _("Mark as to be kept"),
            (State.ONBOARDING, State.DEVELOPING, State.AT_RISK_NOTICE),
            State.RETAINING,
            asks=_REASON,
        ),
        Command(
            "give_notice",
            _("Record a notice to leave"),
            (State.ONBOARDING, State.DEVELOPING, State.RETAINING),
            State.AT_RISK_NOTICE,
            asks=_REASON,
        ),
        Command(
            "lose",
            pgettext_lazy("command", "Mark as lost"),
            (*_LIVING, State.WIN_BACK),
            State.LOST,
            asks=_REASON,
            tone="danger",
        ),
        Command("win_back", _("Start winning back"), (State.LOST,), State.WIN_BACK, asks=_REASON),
        Command(
            "terminate",
            _("End the relationship"),
            (*_LIVING, State.LOST),
            State.TERMINATED,
            needs="terminate",
            asks=_REASON,
            tone="danger",
        ),
    ],
)
