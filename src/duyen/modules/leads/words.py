"""Words of the leads module."""

from __future__ import annotations

from enum import StrEnum


class LeadState(StrEnum):
    """How far a lead has come (process §2.1)."""

    NEW = "NEW"
    ASSIGNED = "ASSIGNED"
    CONTACTED = "CONTACTED"
    QUALIFIED = "QUALIFIED"
    NURTURING = "NURTURING"
    DISQUALIFIED = "DISQUALIFIED"
    CONVERTED = "CONVERTED"


#: States in which somebody still has to do something about a lead.
OPEN = (
    LeadState.NEW,
    LeadState.ASSIGNED,
    LeadState.CONTACTED,
    LeadState.QUALIFIED,
    LeadState.NURTURING,
)


class Temperature(StrEnum):
    """How near to buying somebody seems."""

    HOT = "HOT"
    WARM = "WARM"
    COLD = "COLD"


class Reason(StrEnum):
    """Why a lead is given up, as far as the code needs to know; the company adds its own."""

    WRONG_NUMBER = "WRONG_NUMBER"
    DUPLICATE = "DUPLICATE"
    NO_CONTACT_WANTED = "NO_CONTACT_WANTED"
    KEPT_NO_LONGER = "KEPT_NO_LONGER"


class Known(StrEnum):
    """Whether a lead may be somebody known: somebody should look, or looked and said that it is a new one."""

    PERHAPS = "PERHAPS"
    NEW = "NEW"


class Warns(StrEnum):
    """What lists warn of, and are filtered by."""

    LATE = "LATE"
    WAITING = "WAITING"


class Lack(StrEnum):
    """What a lead lacks to be qualified."""

    NEED = "NEED"
    PRODUCT = "PRODUCT"
    BUDGET_OR_DAY = "BUDGET_OR_DAY"
    FEASIBILITY = "FEASIBILITY"


#: What tells that a lead may be somebody known. Whoever may not see one of these is not told.
TELLING = "name company phones emails tax_code addresses"

#: What scores of leads may follow from, `custom` being every field of the company's own. Whoever may not see
#: one of these fields sees no score.
SCORED = (
    "name job_title phones emails company kind tax_code ward province address_status industry legal_form"
    " size_band revenue_band tags source source_detail campaign referrer collaborator purpose products need"
    " budget wanted_by is_decider is_feasible current_provider provider_until temperature next_action_on"
    " first_response_at reopened created_at assigned_at owner unit customer custom"
)
