"""The writes of leads: intake, their life, and who they turn out to be."""

from duyen.modules.leads.actions.ending import end_leads_of, end_unused
from duyen.modules.leads.actions.intake import capture, give_parties, problems_of
from duyen.modules.leads.actions.joining import join, someone_new, stand_alone
from duyen.modules.leads.actions.life import ASSIGN, LIFECYCLE

__all__ = [
    "ASSIGN",
    "LIFECYCLE",
    "capture",
    "end_leads_of",
    "end_unused",
    "give_parties",
    "join",
    "problems_of",
    "someone_new",
    "stand_alone",
]
