"""Settings from the environment: what cannot be read or would open the library stops the start."""

from __future__ import annotations

import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from vrewcraft import env

NAME = "VREWCRAFT_TEST_VALUE"


@pytest.fixture(autouse=True)
def _clean(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in (NAME, "HOST", "ALLOWED_HOSTS", "SECRET_KEY", "VREWCRAFT_MODE"):
        monkeypatch.delenv(name, raising=False)


class TestReaders:
    """A value is read whole or refused by its name."""

    @pytest.mark.parametrize("value", ["", "  "])
    def test_an_empty_value_is_none(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv(NAME, value)
        assert env.text(NAME, "usual") == "usual"
        assert env.integer(NAME, 7) == 7
        assert env.seconds(NAME, 1.5) == 1.5
        assert env.words(NAME) == []

    def test_values_are_read(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(NAME, " 12 ")
        assert (env.text(NAME), env.integer(NAME, 0), env.seconds(NAME, 0)) == ("12", 12, 12.0)
        monkeypatch.setenv(NAME, "a, b,,c ")
        assert env.words(NAME) == ["a", "b", "c"]

    @pytest.mark.parametrize("value", ["x", "-1", "1.5", "0", "1e3"])
    def test_what_is_no_whole_number_in_range_is_refused(
        self, monkeypatch: pytest.MonkeyPatch, value: str
    ) -> None:
        monkeypatch.setenv(NAME, value)
        with pytest.raises(ImproperlyConfigured, match=NAME):
            env.integer(NAME, 5, least=1)

    @pytest.mark.parametrize("value", ["x", "-1", "0", "nan", "inf"])
    def test_what_is_no_time_is_refused(self, monkeypatch: pytest.MonkeyPatch, value: str) -> None:
        monkeypatch.setenv(NAME, value)
        with pytest.raises(ImproperlyConfigured, match=NAME):
            env.seconds(NAME, 5)

    def test_there_are_two_modes(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert env.mode() == "local"
        monkeypatch.setenv("VREWCRAFT_MODE", "public")
        with pytest.raises(ImproperlyConfigured, match="must be 'local' or 'team'"):
            env.mode()


class TestLocalMode:
    """No password, so nobody but this machine."""

    @pytest.mark.parametrize("host", ["127.0.0.1", "127.1.2.3", "::1", "localhost"])
    def test_it_listens_on_this_machine(self, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
        monkeypatch.setenv("HOST", host)
        assert env.host("local") == host

    @pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org", "127.0.0.1.x"])
    def test_it_listens_nowhere_else(self, monkeypatch: pytest.MonkeyPatch, host: str) -> None:
        monkeypatch.setenv("HOST", host)
        with pytest.raises(ImproperlyConfigured, match="without a password"):
            env.host("local")

    def test_it_answers_to_its_own_names_only(self, monkeypatch: pytest.MonkeyPatch) -> None:
        assert env.allowed_hosts("local") == ["localhost", "127.0.0.1", "[::1]"]
        for hosts in ("*", "localhost,example.org"):
            monkeypatch.setenv("ALLOWED_HOSTS", hosts)
            with pytest.raises(ImproperlyConfigured, match="local mode"):
                env.allowed_hosts("local")

    def test_its_secret_is_made_once_and_kept_to_its_owner(self, tmp_path: Path) -> None:
        first = env.secret_key("local", tmp_path / "data")
        assert len(first) >= 50
        assert env.secret_key("local", tmp_path / "data") == first
        assert env.secret_key("local", tmp_path / "other") != first
        mode = stat.S_IMODE((tmp_path / "data/secret_key").stat().st_mode)
        assert mode == 0o600


class TestSendfile:
    """Which proxy sends the files."""

    @pytest.mark.parametrize("name", ["", "nginx", "apache"])
    def test_it_is_one_of_two_or_none(self, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        monkeypatch.setenv("VREWCRAFT_SENDFILE", name)
        assert env.sendfile() == name

    def test_another_stops_the_start(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("VREWCRAFT_SENDFILE", "yes")
        with pytest.raises(ImproperlyConfigured, match="nginx"):
            env.sendfile()


class TestTeamMode:
    """Accounts, and no lazy settings."""

    def test_it_listens_where_it_is_configured(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("HOST", "0.0.0.0")
        assert env.host("team") == "0.0.0.0"

    @pytest.mark.parametrize("hosts", ["", "*", "a.example,*"])
    def test_it_wants_its_host_names(self, monkeypatch: pytest.MonkeyPatch, hosts: str) -> None:
        monkeypatch.setenv("ALLOWED_HOSTS", hosts)
        with pytest.raises(ImproperlyConfigured, match="without"):
            env.allowed_hosts("team")

    @pytest.mark.parametrize("secret", ["", "short", "x" * 31])
    def test_it_wants_a_real_secret(
        self, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, secret: str
    ) -> None:
        monkeypatch.setenv("SECRET_KEY", secret)
        with pytest.raises(ImproperlyConfigured, match="SECRET_KEY"):
            env.secret_key("team", tmp_path)
        assert list(tmp_path.iterdir()) == []
