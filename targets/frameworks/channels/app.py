"""The contract in Channels: WebSockets by its consumers, HTTP by Django."""

import importlib.util
import os
import sys

from compliance.guest.channel import note

_DJANGO = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "django", "app.py")
_spec = importlib.util.spec_from_file_location("contract_in_django", _DJANGO)
contract_in_django = importlib.util.module_from_spec(_spec)
sys.modules[_spec.name] = contract_in_django
_spec.loader.exec_module(contract_in_django)

from channels.generic.websocket import AsyncWebsocketConsumer  # noqa: E402 - Django is set up now
from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402
from django.urls import path  # noqa: E402


class Echo(AsyncWebsocketConsumer):
    async def receive(self, text_data=None, bytes_data=None):
        await self.send(text_data=text_data, bytes_data=bytes_data)


class Subprotocol(AsyncWebsocketConsumer):
    async def connect(self):
        offered = self.scope.get("subprotocols", [])
        await self.accept(offered[0] if offered else None)


class Close(AsyncWebsocketConsumer):
    async def connect(self):
        await self.accept()
        await self.close(code=self.scope["url_route"]["kwargs"]["code"], reason="bye")


class Reject(AsyncWebsocketConsumer):
    async def connect(self):
        await self.close(code=1008, reason="rejected")


class Raise(AsyncWebsocketConsumer):
    async def connect(self):
        await self.accept()
        raise RuntimeError("the handler raised")


class ReceiveClose(AsyncWebsocketConsumer):
    async def disconnect(self, code):
        note("disconnect", code)


asgi = ProtocolTypeRouter(
    {
        "http": contract_in_django.asgi,
        "websocket": URLRouter(
            [
                path("ws/echo", Echo.as_asgi()),
                path("ws/subprotocol", Subprotocol.as_asgi()),
                path("ws/close/<int:code>", Close.as_asgi()),
                path("ws/reject", Reject.as_asgi()),
                path("ws/raise", Raise.as_asgi()),
                path("ws/receive-close", ReceiveClose.as_asgi()),
            ]
        ),
    }
)
