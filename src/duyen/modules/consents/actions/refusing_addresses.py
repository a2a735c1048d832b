"""Refuse for one address that is known by its digest alone: by the link in a mail, or by an answer to it."""

from __future__ import annotations

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from duyen.entities.history import name_verbs
from duyen.foundation.access.actor import system_actor
from duyen.foundation.audit import trail
from duyen.kernel.clock import now
from duyen.modules.consents import keeping, queries
from duyen.modules.consents.actions.refusing import keep_refused, withdraw
from duyen.modules.consents.addresses import macs_of
from duyen.modules.consents.words import Channel, RefusedBy
from duyen.modules.parties.queries import standings

_VERB = "consents.refuse_by_mail"
name_verbs({_VERB: _("Refused advertising by a link or an answer")})


def refuse_mail(mac: bytes, *, refused_by: RefusedBy) -> dt.datetime:
    """Stop advertising and surveys by mail to an address, and give since when it gets none.

    Of whom it was written to, consents for mail end where no address is left that may be written to. Said
    again, it changes nothing.
    """
    since = queries.mail_refused_at(mac)
    if since is not None:
        return since
    moment = now()
    with transaction.atomic():
        trail.begin(system_actor("refusals"), _VERB)
        keep_refused([(mac, Channel.EMAIL)], refused_by=refused_by.value, at=moment)
        keeping.note_refused([(mac, Channel.EMAIL, moment, refused_by.value)])
        parties = standings(queries.contacted_at(mac))
        for party_id, party in parties.items():
            held = macs_of([Channel.EMAIL], party)[Channel.EMAIL]
            if mac in held and queries.all_refused_mail(held):
                withdraw(party_id, [Channel.EMAIL], refused_by=refused_by.value, at=moment)
    return moment
