"""A bucket of an S3-compatible service, as the library uses it."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from django.core.files.storage import Storage

from videos.core.filenames import content_disposition
from videos.storage import transfer
from videos.storage.base import Readable, StorageDown, Stored, Told, Unfinished, nobody
from videos.storage.cache import Cache, configured_cache
from videos.storage.transfer import storage_errors

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

SWEEP_SECONDS = 3600
UNFINISHED = timedelta(days=1)
CHUNK_BYTES = 1024 * 1024
BATCH = 1000
"""The most keys that one request deletes."""


class Bucket:
    """Files by key: each is there whole or not at all."""

    def __init__(self, client: S3Client, links: S3Client, name: str, cache: Cache) -> None:
        self._client = client
        self._links = links
        self.name = name
        self.cache = cache
        self._sweep_at = 0.0

    @classmethod
    def of(cls, storage: Storage, links: Storage) -> Bucket:
        """The bucket of two storages of django-storages: for us, and for links in browsers."""
        ours, theirs = cast("Any", storage), cast("Any", links)
        return cls(
            ours.connection.meta.client,
            theirs.connection.meta.client,
            ours.bucket_name,
            configured_cache(),
        )

    def address(self, key: str) -> str:
        """How people name a file of it."""
        return f"s3://{self.name}/{key}"

    def put(self, path: Path, key: str, told: Told = nobody) -> int:
        """Copy a file into the bucket, in parts where it is large; its bytes."""
        kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
        transfer.run(
            self._client,
            lambda manager, watchers: manager.upload(
                str(path), self.name, key, {"ContentType": kind}, watchers
            ),
            told,
        )
        return path.stat().st_size

    def fetch(self, key: str, path: Path, told: Told = nobody) -> None:
        """Copy a file of the bucket to `path`, which is filled in place."""
        with path.open("r+b") as file:
            transfer.run(
                self._client,
                lambda manager, watchers: manager.download(self.name, key, file, None, watchers),
                told,
            )

    def read(self, key: str) -> bytes:
        """All of a small file. Raises FileNotFoundError."""
        with storage_errors():
            return self._client.get_object(Bucket=self.name, Key=key)["Body"].read()

    def chunks(self, key: str) -> Iterator[bytes]:
        """All of a file, piece by piece. Raises FileNotFoundError."""
        with storage_errors():
            body = self._client.get_object(Bucket=self.name, Key=key)["Body"]
            yield from body.iter_chunks(CHUNK_BYTES)

    @contextmanager
    def opened(self, key: str, offset: int) -> Iterator[Readable]:
        """A file from a byte on that it has. Raises FileNotFoundError."""
        with storage_errors():
            answer = self._client.get_object(Bucket=self.name, Key=key, Range=f"bytes={offset}-")
            with closing(answer["Body"]) as body:
                yield body

    def size(self, key: str) -> int:
        """Its bytes. Raises FileNotFoundError."""
        with storage_errors():
            return self._client.head_object(Bucket=self.name, Key=key)["ContentLength"]

    def exists(self, key: str) -> bool:
        """Whether it is there."""
        try:
            self.size(key)
        except FileNotFoundError:
            return False
        return True

    def listing(self, prefix: str = "") -> Iterator[Stored]:
        """All files whose keys begin so, in order of their keys."""
        pages = self._client.get_paginator("list_objects_v2")
        with storage_errors():
            for page in pages.paginate(Bucket=self.name, Prefix=prefix):
                for item in page.get("Contents", []):
                    yield Stored(item["Key"], item["Size"], item["LastModified"])

    def unfinished(self, prefix: str = "") -> Iterator[Unfinished]:
        """Uploads that were begun under keys that begin so and have not ended."""
        pages = self._client.get_paginator("list_multipart_uploads")
        with storage_errors():
            for page in pages.paginate(Bucket=self.name, Prefix=prefix):
                for item in page.get("Uploads", []):
                    yield Unfinished(item["Key"], item["UploadId"], item["Initiated"])

    def give_up(self, upload: Unfinished) -> None:
        """Free what an unfinished upload holds; one that has ended meanwhile is no error."""
        try:
            with storage_errors():
                self._client.abort_multipart_upload(
                    Bucket=self.name, Key=upload.key, UploadId=upload.upload_id
                )
        except FileNotFoundError:
            return

    def remove(self, *keys: str) -> None:
        """Delete files; those that are not there are no error."""
        for start in range(0, len(keys), BATCH):
            batch = [{"Key": key} for key in keys[start : start + BATCH]]
            with storage_errors():
                answer = self._client.delete_objects(
                    Bucket=self.name,
                    Delete={"Objects": cast("Any", batch), "Quiet": True},
                )
            if errors := answer.get("Errors"):
                raise StorageDown(f"{len(errors)} files could not be deleted")

    def remove_all(self, prefix: str) -> None:
        """Delete every file whose key begins so, finished or not, and their staged copies."""
        self.remove(*[item.key for item in self.listing(prefix)])
        for upload in self.unfinished(prefix):
            self.give_up(upload)

    def sweep(self) -> None:
        """Once an hour: give up uploads that have not ended for a day; their process was killed."""
        if time.monotonic() < self._sweep_at:
            return
        self._sweep_at = time.monotonic() + SWEEP_SECONDS
        oldest = datetime.now(UTC) - UNFINISHED
        for upload in self.unfinished():
            if upload.at < oldest:
                self.give_up(upload)

    def link(self, key: str, *, seconds: int, name: str, media_type: str, inline: bool) -> str:
        """A URL by which anybody may get this one file, under this name, for so long."""
        return self._links.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.name,
                "Key": key,
                "ResponseContentDisposition": content_disposition(name, inline=inline),
                "ResponseContentType": media_type,
            },
            ExpiresIn=seconds,
        )

    def create(self) -> bool:
        """Make it; False where it is there already."""
        try:
            self.check()
        except FileNotFoundError:
            with storage_errors():
                self._client.create_bucket(Bucket=self.name)
            return True
        return False

    def check(self) -> None:
        """Ask it for nothing. Raises StorageDown, FileNotFoundError where there is no bucket."""
        with storage_errors():
            self._client.head_bucket(Bucket=self.name)
