"""Send mails with notices: as their reader may know them now, in her language, as text and as HTML."""

from __future__ import annotations

from urllib.parse import urlsplit

from django.core.mail import EmailMultiAlternatives
from django.template.loader import render_to_string
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from duyen.entities.notices.showing import Told, tell
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.notices import mails
from duyen.foundation.notices.models import NoticeMail
from duyen.foundation.org.invitations import address_for_mail
from duyen.foundation.org.models import User
from duyen.surfaces.web.notices.addresses import NOTICES, PREFERENCES, notice_url
from duyen.surfaces.web.notices.pages import rows_of


def send(mail_id: int) -> None:
    """Send one mail whose try is due; what goes wrong is written down, and it is tried again later."""
    mail = mails.take(mail_id)
    if mail is None:
        return None
    try:
        message = _message(mail)
        if message is None:
            return mails.note_empty(mail)
        message.send()
    except Exception as error:  # noqa: BLE001 - whatever stands between us and the server is told by its kind
        return mails.note_failed(mail, error)
    return mails.note_sent(mail)


def _message(mail: NoticeMail) -> EmailMultiAlternatives | None:
    """Write the mail; nothing where nothing is left to tell, or the person may no longer sign in."""
    address, user = address_for_mail(), mail.user
    if not user.is_active:
        return None
    if not address:
        raise NoAddress
    with translation.override(user.language):
        told = tell(actor_for(user, Door.JOB), mails.notices_in(mail))
        return _written(mail, user, told, address) if told else None


class NoAddress(Exception):
    """No mail server is set up any more, or the company keeps no address of Duyên."""


def _written(mail: NoticeMail, user: User, told: list[Told], address: str) -> EmailMultiAlternatives:
    rows = [{**row, "url": address + notice_url(row["id"])} for row in rows_of(told)]
    count = len(rows)
    words = {"count": count}
    subject = told[0].text if count == 1 else ngettext("%(count)s notice", "%(count)s notices", count) % words
    context = {
        "name": user.full_name,
        "rows": rows,
        "all_url": address + NOTICES,
        "preferences_url": address + PREFERENCES,
        "is_digest": mail.is_digest,
        "language": user.language,
    }
    made_at = int(mail.created_at.timestamp())
    message = EmailMultiAlternatives(
        f"Duyên: {' '.join(subject.split())}"[:200],
        render_to_string("notices/mail.txt", context),
        None,
        [user.email],
        headers={
            "Message-ID": f"<{made_at}.{mail.pk}@{urlsplit(address).hostname}>",
            "Auto-Submitted": "auto-generated",
            "List-Unsubscribe": f"<{address + PREFERENCES}>",
        },
    )
    message.attach_alternative(render_to_string("notices/mail.html", context), "text/html")
    return message


def send_trial(user: User) -> None:
    """Send a mail to somebody at once, so that she sees whether mail works. Raises what goes wrong."""
    with translation.override(user.language):
        text = _("This is a trial: mail from Duyên reaches you.")
        EmailMultiAlternatives(_("A trial mail from Duyên"), text, None, [user.email]).send()
