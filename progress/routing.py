"""Where sockets connect."""

from django.urls import path

from progress.consumers import LiveConsumer

websocket_urlpatterns = [path("ws/", LiveConsumer.as_asgi())]
