"""Sources and outputs over HTTP: for their owner, in parts, under their names."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.test import Client
from pytest_django import Settings

from tests import factories, media
from tests.http import body
from videos.models import Output, Video
from videos.operations.outputs import POSTER, RENDITION, OutputKind
from videos.serializers.output import source_url
from videos.storage import inbox, publishing
from vrewcraft.accounts.models import User

CONTENT = bytes(range(256)) * 4


def saved(owner: User, name: str = "clip_trimmed.mp4", **values: object) -> Output:
    """An output with a kilobyte in the library."""
    made = factories.output(factories.task(factories.ready(owner)), name=name, **values)
    path = inbox.folder() / "made.part"
    path.write_bytes(CONTENT)
    publishing.publish(path, made.key)
    made.save()
    return made


@pytest.mark.usefixtures("data_dir")
class TestOutputs:
    """What a task made."""

    def test_it_is_saved_under_its_name(self, client: Client, owner: User) -> None:
        response = client.get(saved(owner, "강의_trimmed.mp4").url)
        assert response.status_code == 200
        assert response["Content-Type"] == "video/mp4"
        assert response["Content-Disposition"] == (
            'attachment; filename="___trimmed.mp4"; '
            "filename*=UTF-8''%EA%B0%95%EC%9D%98_trimmed.mp4"
        )
        assert body(response) == CONTENT

    def test_a_part_of_it_is_a_part(self, client: Client, owner: User) -> None:
        response = client.get(saved(owner).url, headers={"range": "bytes=10-19"})
        assert (response.status_code, response["Content-Range"]) == (206, "bytes 10-19/1024")
        assert body(response) == CONTENT[10:20]

    def test_what_has_not_changed_is_not_sent_again(self, client: Client, owner: User) -> None:
        url = saved(owner).url
        first = client.get(url)
        assert body(first) == CONTENT
        again = client.get(url, headers={"if-none-match": first["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    @pytest.mark.parametrize(
        ("kind", "query", "shown"),
        [
            (POSTER, "", "inline"),
            (RENDITION, "", "attachment"),
            (RENDITION, "?inline", "inline"),
            (POSTER, "?download", "attachment"),
        ],
    )
    def test_pictures_are_shown_and_films_where_it_is_asked(
        self, client: Client, owner: User, kind: OutputKind, query: str, shown: str
    ) -> None:
        response = client.get(saved(owner, kind=kind).url + query)
        assert response["Content-Disposition"].startswith(shown)
        body(response)

    def test_strangers_and_wrong_names_find_nothing(
        self, client: Client, owner: User, stranger: User
    ) -> None:
        mine, theirs = saved(owner), saved(stranger)
        assert client.get(theirs.url).status_code == 404
        assert client.get(f"/outputs/{mine.pk}/other.mp4").status_code == 404

    def test_a_file_that_has_gone_is_not_found(
        self, client: Client, owner: User, data_dir: Path
    ) -> None:
        output = saved(owner)
        (data_dir / "library" / output.key).unlink()
        assert client.get(output.url).status_code == 404

    def test_it_is_read_only(self, client: Client, owner: User) -> None:
        assert client.post(saved(owner).url).status_code == 405


class TestSources:
    """The untouched original."""

    def test_it_is_shown_as_it_came(self, client: Client, clip: Video) -> None:
        response = client.get(source_url(clip))
        assert response["Content-Disposition"].startswith("inline")
        assert body(response) == media.numbered().read_bytes()

    def test_it_is_saved_where_that_is_asked(self, client: Client, clip: Video) -> None:
        response = client.get(f"{source_url(clip)}?download")
        assert response["Content-Disposition"].startswith("attachment")
        body(response)

    def test_a_proxy_gets_to_know_the_file_and_strangers_do_not(
        self, client: Client, clip: Video, stranger: User, settings: Settings
    ) -> None:
        settings.VREWCRAFT_SENDFILE = "nginx"
        answer = client.get(source_url(clip))
        assert answer["X-Accel-Redirect"] == f"/_library/{clip.source_key}"
        assert answer.content == b""
        Video.objects.update(owner=stranger)
        answer = client.get(source_url(clip))
        assert answer.status_code == 404
        assert "X-Accel-Redirect" not in answer

    def test_strangers_find_nothing(self, client: Client, stranger: User, data_dir: Path) -> None:
        path = media.numbered()
        theirs = factories.stored(stranger, path, media.probed(path))
        assert client.get(source_url(theirs)).status_code == 404

    def test_before_it_has_arrived_there_is_nothing(self, client: Client, owner: User) -> None:
        video = Video.objects.create(owner=owner, name="sample.mp4")
        assert client.get(f"/sources/{video.pk}/sample.mp4").status_code == 404
