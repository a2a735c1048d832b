"""Check e-mail and password, and bring back the signed-in user at each request."""

from __future__ import annotations

from typing import Any

from django.contrib.auth.backends import BaseBackend
from django.db.models import Exists, OuterRef, Subquery
from django.db.models.expressions import RawSQL
from django.http import HttpRequest

from duyen.foundation.access.models import AccessEpoch
from duyen.foundation.fields.models import DefinitionsVersion
from duyen.foundation.org.models import SecondFactor, User
from duyen.foundation.org.passwords import is_password

# Counted no further than the bell shows, through the partial index of unread notices.
_UNREAD = (
    "(SELECT count(*) FROM (SELECT FROM notices_notice n WHERE n.user_id = org_user.id AND n.read_at IS NULL"
    " AND n.is_shown LIMIT 100) unread)"
)


class EmailBackend(BaseBackend):
    """Signs people in by e-mail and password; a locked user does not exist for it."""

    def authenticate(
        self,
        request: HttpRequest | None,
        email: str | None = None,
        password: str | None = None,
        **_other: Any,
    ) -> User | None:
        """Give the user whose password this is, or nothing.

        An unknown or locked user costs the same time as a wrong password, so that nobody can
        find out by the clock who works here.
        """
        if email is None or password is None:
            return None
        user = User.objects.filter(email=email.strip().lower(), is_active=True).order_by("pk").first()
        if user is None:
            User().set_password(password)
            return None
        return user if is_password(user, password) else None

    def get_user(self, user_id: int) -> User | None:
        """Give the user of a session with what a request asks of her first; nothing for a locked one.

        One query: the access epoch, the version of the definitions, whether a second factor is set up, and
        how many notices are unread (up to 100) come with her.
        """
        return (
            User.objects.filter(pk=user_id, is_active=True)
            .annotate(
                access_epoch=Subquery(AccessEpoch.objects.filter(pk=1).values("value")),
                definitions=Subquery(DefinitionsVersion.objects.filter(pk=1).values("value")),
                has_second_factor=Exists(SecondFactor.objects.filter(user_id=OuterRef("pk"))),
                unread_notices=RawSQL(_UNREAD, []),  # noqa: S611 - our own words alone
            )
            .order_by("pk")
            .first()
        )
