"""Check e-mail and password, and bring back the signed-in user at each request."""

from __future__ import annotations

import json
from typing import Any, cast

from django.contrib.auth.backends import BaseBackend
from django.http import HttpRequest

from duyen.foundation.access.models import AccessEpoch
from duyen.foundation.fields.models import DefinitionsVersion
from duyen.foundation.org.models import SecondFactor, User
from duyen.foundation.org.passwords import is_password
from duyen.foundation.settings.models import Setting

# Notices are counted no further than the bell shows, through the partial index of unread ones. By hand,
# because every request asks it, and putting the statement together would cost each of them a millisecond.
_SIGNED_IN = f"""
SELECT u.*,
       (SELECT value FROM {AccessEpoch._meta.db_table} WHERE id = 1) AS access_epoch,
       (SELECT value FROM {DefinitionsVersion._meta.db_table} WHERE id = 1) AS definitions,
       EXISTS (SELECT FROM {SecondFactor._meta.db_table} f WHERE f.user_id = u.id) AS has_second_factor,
       (SELECT count(*) FROM (SELECT FROM notices_notice n WHERE n.user_id = u.id AND n.read_at IS NULL
        AND n.is_shown LIMIT 100) unread) AS unread_notices,
       (SELECT jsonb_object_agg(key, value) FROM {Setting._meta.db_table}) AS company_settings
  FROM {User._meta.db_table} u WHERE u.id = %s AND u.is_active
"""  # noqa: S608 - our own words alone


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

        One query: the access epoch, the version of the definitions, whether a second factor is set up,
        how many notices are unread (up to 100) and what the company decided come with her.
        """
        found: Any = next(iter(User.objects.raw(_SIGNED_IN, [user_id])), None)
        if found is not None:
            found.company_settings = json.loads(found.company_settings or "{}")
        return cast("User | None", found)
