"""Background work of the organisation; the worker finds it by this module's name."""

from __future__ import annotations

from django.core.mail import send_mail
from django.utils import translation
from django.utils.translation import gettext as _
from procrastinate.contrib.django import app

from duyen.foundation.access.actor import system_actor
from duyen.foundation.access.queries import actor_for
from duyen.foundation.access.words import Door
from duyen.foundation.org import doorstep, invitations, passwords, sessions
from duyen.foundation.org.models import User

LINK_PATH = "/login/link/"


@app.task(name="org.send_password_link", retry=3)
def send_password_link(*, user_id: int, address: str) -> None:
    """Mail a link by which the person sets a new password.

    The link is made here, so that the queue never holds its secret; a retry makes a new one, and
    the one before stops working.
    """
    user = User.objects.filter(pk=user_id, is_active=True).order_by("pk").first()
    if user is None:
        return
    token = passwords.make_link(user, actor=system_actor("password reset"))
    with translation.override(user.language):
        text = _(
            "Hello %(name)s,\n\n"
            "set a new password for Duyên here, within 24 hours:\n%(link)s\n\n"
            "The link works once. If you did not ask for it, do nothing: your password stays as it is."
        ) % {"name": user.full_name, "link": f"{address}{LINK_PATH}{token}"}
        send_mail(_("A new password for Duyên"), text, None, [user.email])


@app.task(name="org.send_link", retry=3)
def send_link(*, user_id: int, by: int | None) -> None:
    """Mail the link that an administrator asked for: an invitation to whoever never had a password.

    The link is made here, so that the queue never holds its secret.
    """
    user = User.objects.filter(pk=user_id, is_active=True).order_by("pk").first()
    address = invitations.address_for_mail()
    if user is None or not address:
        return
    sender = User.objects.filter(pk=by or 0).order_by("pk").first()
    actor = actor_for(sender, Door.JOB) if sender else system_actor("invitations")
    is_invited = not user.has_usable_password()
    token = invitations.new_link(user, actor=actor)
    words = {"name": user.full_name, "link": f"{address}{LINK_PATH}{token}", "by": actor.name}
    with translation.override(user.language):
        if is_invited:
            title = _("You are invited to Duyên")
            text = _(
                "Hello %(name)s,\n\n"
                "%(by)s has made an account for you in Duyên. "
                "Set your password here, within 24 hours:\n%(link)s\n\n"
                "The link works once. When it is over, ask for a new one."
            )
        else:
            title = _("A new password for Duyên")
            text = _(
                "Hello %(name)s,\n\n"
                "%(by)s sends you this link to set a new password for Duyên, within 24 hours:\n%(link)s\n\n"
                "The link works once. Until you use it, your password stays as it is."
            )
        send_mail(title, text % words, None, [user.email])
    invitations.note_sent(user.pk, actor=actor)


@app.periodic(cron="20 2 * * *")
@app.task(name="org.forget_what_is_old", queueing_lock="org.forget_what_is_old", pass_context=False)
def forget_what_is_old(timestamp: int) -> None:
    """Delete sessions that are over and door events older than half a year."""
    sessions.forget_old_sessions()
    doorstep.forget_old_events()
