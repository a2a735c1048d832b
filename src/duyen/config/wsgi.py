"""The pages and the API as a WSGI application, served by granian."""

from __future__ import annotations

import gc
import os

from django.core.wsgi import get_wsgi_application

from duyen.kernel.places import find_places

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "duyen.config.settings")
application = get_wsgi_application()
# Whoever types the first address should not wait until the wards are read.
find_places("le chan")
# All that is loaded now stays to the end: without this, each full collection would walk through it while a
# page waits, a quarter of a second for a million objects.
gc.collect()
gc.freeze()
