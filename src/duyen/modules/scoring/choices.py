"""The lists of choices of points models, with the words and tones on the screen."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import ChoiceList, Option
from duyen.modules.scoring.words import Basis, Compare, ModelState

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
        Option(Basis.FIELD, pgettext_lazy("points model", "A field of the lead")),
        Option(Basis.ACTIVITY, pgettext_lazy("points model", "An activity that was done with them")),
        Option(Basis.WEB_FORM, pgettext_lazy("points model", "A web form that they sent")),
        Option(Basis.CONSENT, pgettext_lazy("points model", "A consent that they gave and that holds")),
    ),
    is_fixed=True,
)

COMPARES = ChoiceList(
    "score_comparisons",
    _("How points compare a field"),
    (
        Option(Compare.IS, pgettext_lazy("points model", "is")),
        Option(Compare.IS_NOT, pgettext_lazy("points model", "is not")),
        Option(Compare.FILLED, pgettext_lazy("points model", "is filled in")),
        Option(Compare.EMPTY, pgettext_lazy("points model", "is empty")),
        Option(Compare.AT_LEAST, pgettext_lazy("points model", "is at least")),
        Option(Compare.AT_MOST, pgettext_lazy("points model", "is at most")),
        Option(Compare.CONTAINS, pgettext_lazy("points model", "contains")),
    ),
    is_fixed=True,
)
