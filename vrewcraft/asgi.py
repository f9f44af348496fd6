"""The ASGI application, the same under every server. Importing it starts nothing."""

# ruff: noqa: E402 (Django is set up by the handler before anything imports its models)

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vrewcraft.settings")

from vrewcraft.http.handler import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter

from progress.routing import websocket_urlpatterns
from vrewcraft.accounts.sockets import SocketAccess
from vrewcraft.http.body_limit import BodyLimit, body_limit
from vrewcraft.http.lifespan import Lifespan
from vrewcraft.runtime import runtime

sockets = SocketAccess(URLRouter(websocket_urlpatterns))
routes = ProtocolTypeRouter({"http": django_application, "websocket": sockets})
application = Lifespan(BodyLimit(routes, body_limit), runtime)
