"""Writes of the consents module: consents given and withdrawn, refusals, contacts that are made, the list."""

from duyen.modules.consents.actions.carrying import bring_consents_back, carry_consents
from duyen.modules.consents.actions.contacting import ContactDenied, note_contact, take_contact
from duyen.modules.consents.actions.giving import NewConsent, give_consent
from duyen.modules.consents.actions.life import CORRECT, LIFECYCLE
from duyen.modules.consents.actions.listing import CHECK_LIST, UnreadableList, bring_list_in
from duyen.modules.consents.actions.noting import noting
from duyen.modules.consents.actions.refusing import refuse, refusing, remember_refusals
from duyen.modules.consents.actions.refusing_addresses import refuse_mail
from duyen.modules.consents.keeping import forget_refusals

__all__ = [
    "CHECK_LIST",
    "CORRECT",
    "LIFECYCLE",
    "ContactDenied",
    "NewConsent",
    "UnreadableList",
    "bring_consents_back",
    "bring_list_in",
    "carry_consents",
    "forget_refusals",
    "give_consent",
    "note_contact",
    "noting",
    "refuse",
    "refuse_mail",
    "refusing",
    "remember_refusals",
    "take_contact",
]
