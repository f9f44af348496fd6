"""What the built-in server leans on in Daphne, Twisted and autobahn without a promise of theirs.

A new version of one of them that has lost a name fails here, by that name, before it fails in a
connection. Then look at the package's changes, mend the leaf, and write the new version down.
"""

from __future__ import annotations

import inspect
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from autobahn.twisted.websocket import ConnectionDeny
from daphne.http_protocol import HTTPFactory, WebRequest
from daphne.server import Server
from daphne.ws_protocol import WebSocketFactory, WebSocketProtocol
from twisted.internet import tcp
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.protocol import Protocol
from twisted.web.http import HTTPChannel, Request

ROOT = Path(__file__).resolve().parents[4]
VERSIONS = {"daphne": "4.2.3", "twisted": "26.10.0", "autobahn": "26.10.2"}
"""The versions that the names below were read in."""

NAMES: dict[tuple[str, Any], str] = {
    # Overridden or called: the server.
    ("daphne", Server): "application_checker timeout_checker create_application handle_reply "
    "protocol_disconnected connections http_factory ws_factory websocket_handshake_timeout "
    "server_name",
    # A request: what Daphne has put on Twisted's.
    ("daphne", WebRequest): "process basic_error handle_exception _response_started server",
    ("daphne", HTTPFactory): "buildProtocol server",
    ("twisted", Request): "gotLength handleContentChunk requestReceived content "
    "finished channel transport _disconnected",
    # A connection.
    ("twisted", HTTPChannel): "connectionMade allHeadersReceived rawDataReceived pauseProducing "
    "resumeProducing requestFactory requests persistent length timeOut loseConnection "
    "forceAbortClient _path _command _networkProducer _abortingCall callLater",
    ("twisted", Protocol): "makeConnection factory transport",
    ("twisted", tcp.Server): "doRead bufferSize pauseProducing resumeProducing connectionLost "
    "stopReading writeSomeData dataBuffer _tempDataLen connected server protocol "
    "unregisterProducer registerProducer abortConnection loseWriteConnection setTcpKeepAlive",
    ("twisted", tcp.Port): "transport stopListening",
    ("twisted", AsyncioSelectorReactor): "_asyncioEventloop adoptStreamPort callWhenRunning",
    # A WebSocket.
    ("daphne", WebSocketProtocol): "serverSend serverClose handle_exception handshake_deferred",
    ("daphne", WebSocketFactory): "server_class",
    ("autobahn", WebSocketProtocol): "CONFIG_ATTRS connectionMade sendData sendCloseFrame state "
    "STATE_CONNECTING STATE_OPEN",
    ("autobahn", ConnectionDeny): "__init__",
}
HELD = [
    pytest.param(owner, name, id=f"{package}-{owner.__name__}.{name}")
    for (package, owner), names in NAMES.items()
    for name in names.split()
]


def is_there(owner: Any, name: str) -> bool:
    """Whether a class has a name, or gives it to its instances."""
    if hasattr(owner, name):
        return True
    sources = (inspect.getsource(each) for each in owner.__mro__ if each is not object)
    return any(f"self.{name} =" in source or f"self.{name}:" in source for source in sources)


@pytest.mark.parametrize(("owner", "name"), HELD)
def test_a_private_name_is_there(owner: Any, name: str) -> None:
    assert is_there(owner, name)


@pytest.mark.parametrize("package", VERSIONS)
def test_the_names_were_read_in_the_installed_version(package: str) -> None:
    assert version(package) == VERSIONS[package]


def test_what_turns_off_copied_settings_is_still_what_autobahn_copies() -> None:
    assert set(WebSocketProtocol.CONFIG_ATTRS) >= {"maxMessagePayloadSize", "autoPingTimeout"}


def test_bodies_can_be_left_unparsed() -> None:
    assert "parsePOSTFormSubmission" in inspect.signature(Request.__init__).parameters


def test_no_other_folder_leans_on_them() -> None:
    leaf = ROOT / "vrewcraft" / "server" / "daphne"
    modules = [
        path
        for package in ("vrewcraft", "videos", "progress")
        for path in (ROOT / package).rglob("*.py")
        if leaf not in path.parents
    ]
    words = ("import daphne", "from daphne", "from twisted", "from autobahn", "from zope")
    found = [path for path in modules if any(word in path.read_text("utf-8") for word in words)]
    assert found == []
