"""What a web form may ask for, in the words of its page."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from duyen.entities.fields import Option
from duyen.modules.web_forms.words import Asked

ASKED = (
    Option(Asked.PHONE, _("Phone")),
    Option(Asked.EMAIL, _("E-mail")),
    Option(Asked.COMPANY, pgettext_lazy("web form", "Company")),
    Option(Asked.JOB_TITLE, _("Job title")),
    Option(Asked.PRODUCTS, _("Products of interest")),
    Option(Asked.NEED, pgettext_lazy("web form", "What you need")),
    Option(Asked.WANTED_BY, pgettext_lazy("web form", "When you need it")),
)
