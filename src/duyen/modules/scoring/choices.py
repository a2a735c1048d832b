"""The lists of choices of points models, with the words and tones on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import ChoiceList, Option
from duyen.modules.activities.words import Direction
from duyen.modules.scoring.words import Basis, ModelState

STATES = ChoiceList(
    "score_model_states",
    _("States of points models"),
    (
        Option(ModelState.DRAFT, pgettext_lazy("points model", "Draft"), "gray"),
        Option(ModelState.PUBLISHED, pgettext_lazy("points model", "In force"), "green"),
        Option(ModelState.RETIRED, pgettext_lazy("points model", "Followed by another"), "amber"),
    ),
    is_fixed=True,
)

BASES = ChoiceList(
    "score_bases",
    _("What gives points"),
    (
        Option(Basis.FIELD, pgettext_lazy("points model", "A field")),
        Option(Basis.ACTIVITY, pgettext_lazy("points model", "An activity that was done with them")),
        Option(Basis.CONTACT, pgettext_lazy("points model", "Any contact with them: call, meeting, e-mail")),
        Option(Basis.WEB_FORM, pgettext_lazy("points model", "A web form that they sent")),
        Option(Basis.CONSENT, pgettext_lazy("points model", "A consent that they gave and that holds")),
    ),
    is_fixed=True,
)

#: Of calls and of what is written: the words of activities speak of calls alone.
DIRECTIONS = (
    Option(Direction.IN, pgettext_lazy("points model", "They called or wrote to us")),
    Option(Direction.OUT, pgettext_lazy("points model", "We called or wrote to them")),
)
