"""The pages and the API as a WSGI application, served by granian."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

from duyen.kernel.places import find_places

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duyen.config.settings")
application = get_wsgi_application()
# Whoever types the first address should not wait until the wards are read.
find_places("le chan")
