"""The writes of opportunities: moves, closing, lines, contacts, partners, competitors, stages that go."""

from duyen.modules.opportunities.actions.closing import CONFIRM, LIFECYCLE
from duyen.modules.opportunities.actions.competitors import (
    add_competitor,
    change_competitor,
    remove_competitor,
    why_keep_competitor,
)
from duyen.modules.opportunities.actions.contacts import (
    add_deal_contact,
    change_deal_contact,
    remove_deal_contact,
)
from duyen.modules.opportunities.actions.deals import withdraw
from duyen.modules.opportunities.actions.lines import add_line, change_line, remove_line
from duyen.modules.opportunities.actions.moving import advance, settle_item, step_back, unsettle_item
from duyen.modules.opportunities.actions.partners import (
    add_partner,
    change_partner,
    file_commitment,
    remove_partner,
)
from duyen.modules.opportunities.actions.stages import (
    lower_stage,
    raise_stage,
    retire_stage,
    why_keep_pipeline,
    why_keep_stage,
)

__all__ = [
    "CONFIRM",
    "LIFECYCLE",
    "add_competitor",
    "add_deal_contact",
    "add_line",
    "add_partner",
    "advance",
    "change_competitor",
    "change_deal_contact",
    "change_line",
    "change_partner",
    "file_commitment",
    "lower_stage",
    "raise_stage",
    "remove_competitor",
    "remove_deal_contact",
    "remove_line",
    "remove_partner",
    "retire_stage",
    "settle_item",
    "step_back",
    "unsettle_item",
    "why_keep_competitor",
    "why_keep_pipeline",
    "why_keep_stage",
    "withdraw",
]
