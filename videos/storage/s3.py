"""The library as a bucket of an S3-compatible service."""

from __future__ import annotations

import mimetypes
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, cast

from botocore.config import Config
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from storages.backends.s3 import S3Storage

from videos.core.filenames import content_disposition
from videos.storage import transfer
from videos.storage.base import (
    Link,
    ProgressCallback,
    Readable,
    StorageDown,
    Stored,
    Unfinished,
    ignore_progress,
)
from videos.storage.cache import Cache, configured_cache
from videos.storage.remote import RemoteStore
from videos.storage.s3_options import S3Options
from videos.storage.transfer import storage_errors

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

CONNECT_SECONDS, ANSWER_SECONDS, TRIES = 5, 30, 4
CONNECTIONS = 32
SWEEP_SECONDS = 3600
UNFINISHED = timedelta(days=1)
BATCH = 1000
"""The most keys that one request deletes."""


class S3Store(RemoteStore):
    """Objects of a bucket by their keys. `links` signs for the address that browsers know."""

    def __init__(self, client: S3Client, links: S3Client, name: str, cache: Cache) -> None:
        super().__init__(cache)
        self._client = client
        self._links = links
        self.name = name
        self._sweep_at = 0.0

    @classmethod
    def from_settings(cls) -> Self:
        """The bucket that the settings name, with clients made by django-storages."""
        options: S3Options | None = settings.VREWCRAFT_S3
        if options is None:
            raise ImproperlyConfigured("A library in a bucket needs VREWCRAFT_S3.")
        ours = _client(options, options.endpoint_url)
        # What a link is signed for includes the host.
        links = _client(options, options.public_url) if options.public_url else ours
        return cls(ours, links, options.bucket, configured_cache())

    def address(self, key: str) -> str:
        """As programs for buckets name it."""
        return f"s3://{self.name}/{key}"

    def put(self, path: Path, key: str, on_progress: ProgressCallback = ignore_progress) -> int:
        """Copy a file into the bucket, in parts where it is large."""
        kind = mimetypes.guess_type(key)[0] or "application/octet-stream"
        transfer.run(
            self._client,
            lambda manager, watchers: manager.upload(
                str(path), self.name, key, {"ContentType": kind}, watchers
            ),
            on_progress,
        )
        return path.stat().st_size

    def fetch(self, key: str, path: Path, on_progress: ProgressCallback = ignore_progress) -> None:
        """In several parts at a time."""
        with path.open("r+b") as file:
            transfer.run(
                self._client,
                lambda manager, watchers: manager.download(self.name, key, file, None, watchers),
                on_progress,
            )

    def read(self, key: str) -> bytes:
        """By one request."""
        with storage_errors():
            return self._client.get_object(Bucket=self.name, Key=key)["Body"].read()

    @contextmanager
    def open(self, key: str, offset: int = 0) -> Iterator[Readable]:
        """The answer to one request."""
        # An empty file has no byte that a range could begin with.
        part = {"Range": f"bytes={offset}-"} if offset else {}
        with storage_errors():
            answer = self._client.get_object(Bucket=self.name, Key=key, **cast("Any", part))
            with closing(answer["Body"]) as body:
                yield body

    def size(self, key: str) -> int:
        """By one request."""
        with storage_errors():
            return self._client.head_object(Bucket=self.name, Key=key)["ContentLength"]

    def list(self, prefix: str = "") -> Iterator[Stored]:
        """In order of their keys."""
        pages = self._client.get_paginator("list_objects_v2")
        with storage_errors():
            for page in pages.paginate(Bucket=self.name, Prefix=prefix):
                for item in page.get("Contents", []):
                    yield Stored(item["Key"], item["Size"], item["LastModified"])

    def unfinished(self, prefix: str = "") -> Iterator[Unfinished]:
        """Multipart uploads."""
        pages = self._client.get_paginator("list_multipart_uploads")
        with storage_errors():
            for page in pages.paginate(Bucket=self.name, Prefix=prefix):
                for item in page.get("Uploads", []):
                    yield Unfinished(item["Key"], item["UploadId"], item["Initiated"])

    def abort(self, upload: Unfinished) -> None:
        """Free its parts."""
        try:
            with storage_errors():
                self._client.abort_multipart_upload(
                    Bucket=self.name, Key=upload.key, UploadId=upload.upload_id
                )
        except FileNotFoundError:
            return

    def delete(self, key: str) -> None:
        """By one request."""
        self._delete(key)

    def _delete(self, *keys: str) -> None:
        for start in range(0, len(keys), BATCH):
            batch = [{"Key": key} for key in keys[start : start + BATCH]]
            with storage_errors():
                answer = self._client.delete_objects(
                    Bucket=self.name,
                    Delete={"Objects": cast("Any", batch), "Quiet": True},
                )
            if errors := answer.get("Errors"):
                raise StorageDown(f"{len(errors)} files could not be deleted")

    def delete_prefix(self, prefix: str) -> None:
        """Many by one request; uploads that have not ended are aborted."""
        self._delete(*[item.key for item in self.list(prefix)])
        for upload in self.unfinished(prefix):
            self.abort(upload)

    def sweep(self) -> None:
        """Once an hour: abort uploads that have not ended for a day; their process was killed."""
        if time.monotonic() < self._sweep_at:
            return
        self._sweep_at = time.monotonic() + SWEEP_SECONDS
        oldest = datetime.now(UTC) - UNFINISHED
        for upload in self.unfinished():
            if upload.at < oldest:
                self.abort(upload)

    def url(self, key: str, link: Link) -> str:
        """Signed for this one file, its name and its time."""
        return self._links.generate_presigned_url(
            "get_object",
            Params={
                "Bucket": self.name,
                "Key": key,
                "ResponseContentDisposition": content_disposition(link.name, inline=link.inline),
                "ResponseContentType": link.media_type,
            },
            ExpiresIn=link.seconds,
        )

    def create(self) -> bool:
        """Make the bucket."""
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


def _client(options: S3Options, endpoint_url: str | None) -> S3Client:
    config = Config(
        signature_version="s3v4",
        s3=cast("Any", {"addressing_style": options.addressing_style}),
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retries={"mode": "standard", "total_max_attempts": TRIES},
        max_pool_connections=CONNECTIONS,
    )
    storage = S3Storage(
        bucket_name=options.bucket,
        endpoint_url=endpoint_url,
        region_name=options.region,
        access_key=options.access_key,
        secret_key=options.secret_key,
        client_config=config,
    )
    client: S3Client = storage.connection.meta.client
    return client
