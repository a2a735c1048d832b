"""Writes of the parties module: taking up roles, and tying parties to each other."""

from duyen.modules.parties.actions.merging import HANGING, MERGING
from duyen.modules.parties.actions.places import choose_ward_of_contact, choose_ward_of_customer
from duyen.modules.parties.actions.roles import (
    become_contact,
    become_customer,
    born_contacts,
    born_customers,
    lay_down_role,
    take_up_role,
)
from duyen.modules.parties.actions.tie_sets import NewTie, tie_many
from duyen.modules.parties.actions.ties import (
    add_contact,
    add_household_member,
    add_legal_representative,
    change_contact,
    employ,
    end_tie,
    make_main_contact,
    set_parent,
    untie,
)
from duyen.modules.parties.actions.unverified import change_unverified, know_unverified
from duyen.modules.parties.actions.workplaces import WORKPLACE

__all__ = [
    "HANGING",
    "MERGING",
    "WORKPLACE",
    "NewTie",
    "add_contact",
    "add_household_member",
    "add_legal_representative",
    "become_contact",
    "become_customer",
    "born_contacts",
    "born_customers",
    "change_contact",
    "change_unverified",
    "choose_ward_of_contact",
    "choose_ward_of_customer",
    "employ",
    "end_tie",
    "know_unverified",
    "lay_down_role",
    "make_main_contact",
    "set_parent",
    "take_up_role",
    "tie_many",
    "untie",
]
