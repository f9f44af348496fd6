"""Tests reach this machine only, and leave the library of whoever runs them alone."""

import socket
import tempfile
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection


def test_a_connection_to_another_machine_is_an_error() -> None:
    with socket.socket() as link, pytest.raises(RuntimeError, match="must not connect"):
        link.connect(("192.0.2.1", 80))


def test_a_connection_to_this_machine_is_allowed() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname(), timeout=5).close()


def test_data_lies_in_a_temporary_folder() -> None:
    assert Path(tempfile.gettempdir()).resolve() in settings.VREWCRAFT_DATA_DIR.parents


def test_the_test_database_is_a_file_or_postgresql(db: None) -> None:
    name = str(connection.settings_dict["NAME"])
    assert connection.vendor == "postgresql" or Path(name).is_file()
