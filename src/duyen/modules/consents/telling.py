"""The sentence of each rule by which a contact is allowed or denied, in the reader's language."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from django.utils.translation import gettext_lazy as _

from duyen.entities.fields import Label
from duyen.modules.consents import choices
from duyen.modules.consents.rules import Ruling
from duyen.modules.consents.words import Why

_SENTENCES: Mapping[Why, Label] = {
    Why.CONTRACT: _("Allowed: it serves what was asked for or agreed."),
    Why.LAW: _("Allowed: law demands this notice."),
    Why.CONSENT: _("Allowed: they agreed."),
    Why.NO_ADDRESS: _("There is no address for this channel. Enter one first."),
    Why.REFUSED: _("They refused this on %(day)s. Only a consent given after that opens it again."),
    Why.ON_THE_LIST: _("The number is on the national do-not-call list."),
    Why.WITHDRAWN: _("They withdrew their consent. Ask anew only if they want it."),
    Why.EXPIRED: _("Their consent expired on %(day)s. Ask anew."),
    Why.NO_CONSENT: _("They have not agreed to this by this channel. Note a consent first."),
    Why.LIST_UNCHECKED: _("The do-not-call list was not checked within %(hours)s hours. Bring it in first."),
    Why.OWN_CAP: _("They agreed to %(most)s contacts in one %(per)s, and had them. Wait."),
    Why.CAP: _("The address had %(most)s within 24 hours already, as many as law allows. Wait."),
    Why.HOURS: _("Law allows this from %(first)s:00 to %(last)s:00 only. Wait."),
}


def sentence_of(ruling: Ruling) -> str:
    """Say by which rule a contact is allowed or denied, and what to do next."""
    return str(_SENTENCES[ruling.why]) % {name: _shown(value) for name, value in ruling.facts.items()}


#: What forbade a contact that was made all the same, in a word or two.
FORBIDDEN: Mapping[Why, Label] = {
    Why.NO_ADDRESS: _("no address known"),
    Why.REFUSED: _("refused before"),
    Why.ON_THE_LIST: _("on the do-not-call list"),
    Why.WITHDRAWN: _("consent withdrawn"),
    Why.EXPIRED: _("consent expired"),
    Why.NO_CONSENT: _("no consent"),
    Why.LIST_UNCHECKED: _("do-not-call list not checked"),
    Why.OWN_CAP: _("more often than agreed"),
    Why.CAP: _("more often than law allows"),
    Why.HOURS: _("outside the hours of law"),
}


def _shown(value: object) -> str:
    if isinstance(value, dt.date):
        return value.strftime("%d/%m/%Y")
    period = choices.PER.held().by_code.get(str(value))
    return str(period.label).lower() if period is not None else str(value)
