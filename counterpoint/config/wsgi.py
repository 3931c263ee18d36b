"""WSGI entry; `counterpoint.config.asgi` serves it beside the live streams."""

from django.core.wsgi import get_wsgi_application

application = get_wsgi_application()
