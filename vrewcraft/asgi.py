"""The ASGI application: the same under the built-in server and under uvicorn."""

# ruff: noqa: E402 (Django is set up by the handler before anything imports its models)

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "vrewcraft.settings")

from vrewcraft.http.handler import get_asgi_application

django_application = get_asgi_application()

from channels.routing import ProtocolTypeRouter, URLRouter

from progress.routing import websocket_urlpatterns
from videos import carrying
from vrewcraft.accounts.sockets import SocketAccess
from vrewcraft.http.body_limit import BodyLimit, body_limit

carrier = carrying.start()
sockets = SocketAccess(URLRouter(websocket_urlpatterns))
application = BodyLimit(
    ProtocolTypeRouter({"http": django_application, "websocket": sockets}), body_limit
)
