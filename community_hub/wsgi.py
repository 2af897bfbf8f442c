"""The pages, for any WSGI server. `asgi.py` serves them too, beside the live stream."""

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "community_hub.settings")
application = get_wsgi_application()
