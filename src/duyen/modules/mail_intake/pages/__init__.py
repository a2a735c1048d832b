"""The pages of leads by mail: the mailboxes for administrators, and the mails that wait for a person."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from duyen.foundation.settings.declaring import declare_area
from duyen.modules.mail_intake import queries
from duyen.modules.mail_intake.pages import boxes, waiting
from duyen.modules.mail_intake.words import SETTINGS, WAITING
from duyen.surfaces.web.shell import OwnPage, put_into_navigation

urlpatterns: list[URLPattern] = [
    path("settings/lead-mailboxes", boxes.index, name="lead_mailboxes"),
    path("settings/lead-mailboxes/new", boxes.new, name="lead_mailbox_new"),
    path("settings/lead-mailboxes/<int:box_id>", boxes.show, name="lead_mailbox"),
    path("settings/lead-mailboxes/<int:box_id>/leads", boxes.terms, name="lead_mailbox_terms"),
    path("settings/lead-mailboxes/<int:box_id>/<slug:verb>", boxes.step, name="lead_mailbox_step"),
    path("mails/leads", waiting.waiting, name="lead_mails"),
    path("mails/leads/<int:mail_id>", waiting.show, name="lead_mail"),
    path("mails/leads/<int:mail_id>/<slug:verb>", waiting.step, name="lead_mail_step"),
]

put_into_navigation(
    OwnPage(_("Sales"), _("Mail for leads"), WAITING, icon="inbox", may_open=queries.takes_in, under="/leads")
)
declare_area(
    "lead_mailbox",
    label=_("Mailboxes for leads"),
    help=_("Mail that arrives or is forwarded there becomes leads by itself."),
    icon="user-plus",
    url=SETTINGS,
    order=45,
    also=_("IMAP e-mail leads forwarded intake brands branches"),
)
