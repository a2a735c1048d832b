"""The pages of mail: writing to a record, mailboxes, what waits for a place."""

from __future__ import annotations

from django.urls import URLPattern, path
from django.utils.translation import gettext_lazy as _

from duyen.foundation.settings.declaring import declare_area
from duyen.modules.messaging.actions.filing import FILE, TEMPLATES
from duyen.modules.messaging.pages import boxes, picking, steps, unfiled, writing
from duyen.surfaces.web.accounts.own_pages import offer_own_page
from duyen.surfaces.web.pages.records import write_mail_at
from duyen.surfaces.web.shell import OwnPage, put_into_navigation

urlpatterns: list[URLPattern] = [
    path("<slug:entities>/<int:record_id>/mail", writing.write, name="write_mail"),
    path("<slug:entities>/<int:record_id>/mail/draft", writing.keep, name="keep_mail_draft"),
    path("mails/<int:mail_id>/again", steps.again, name="send_mail_again"),
    path("mails/<int:mail_id>/stop", steps.stop, name="stop_mail"),
    path("mails/<int:mail_id>/confirm", steps.confirm, name="confirm_mail"),
    path("mails/unfiled", unfiled.index, name="unfiled_mails"),
    path("mails/unfiled/<int:mail_id>", unfiled.show, name="unfiled_mail"),
    path("mails/unfiled/<int:mail_id>/<slug:verb>", unfiled.step, name="unfiled_mail_step"),
    path("settings/mailboxes", boxes.shared, name="mailboxes"),
    path("settings/mailboxes/<slug:verb>", boxes.shared_step, name="shared_mailbox_step"),
    path("profile/mailbox", boxes.own, name="own_mailbox"),
    path("profile/mailbox/signature", boxes.signature, name="mail_signature"),
    path("profile/mailbox/pick", picking.pick, name="pick_mail"),
    path("profile/mailbox/<slug:verb>", boxes.own_step, name="own_mailbox_step"),
]

put_into_navigation(
    OwnPage(
        _("Sales"),
        _("Mail to file"),
        "/mails/unfiled",
        icon="inbox",
        under="/tasks/days",
        may_open=lambda actor: actor.may(TEMPLATES, FILE),
    )
)
declare_area(
    "mailboxes",
    label=_("Mailboxes"),
    help=_("The company's mailbox, and how all mailboxes stand: read when, failing since when and why."),
    icon="mails",
    url="/settings/mailboxes",
    order=43,
    also=_("IMAP SMTP e-mail shared answers"),
)
offer_own_page(boxes.OWN, _("Mail"))
write_mail_at(writing.address_of)
