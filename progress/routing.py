"""Where sockets connect."""

from django.urls import path

from progress.consumer import LiveConsumer

websocket_urlpatterns = [path("ws/", LiveConsumer.as_asgi())]
