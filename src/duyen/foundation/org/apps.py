from __future__ import annotations

from django.apps import AppConfig
from django.contrib.auth.signals import user_logged_in


class OrgConfig(AppConfig):
    name = "duyen.foundation.org"
    label = "org"

    def ready(self) -> None:
        """Keep Django from writing `last_login`: the door has a trail of its own, and users are traced."""
        user_logged_in.disconnect(dispatch_uid="update_last_login")
