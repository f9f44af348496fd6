"""Moving one file to or from a bucket in parts, with its progress, until it is stopped."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from boto3.exceptions import Boto3Error
from boto3.s3.transfer import TransferConfig, create_transfer_manager
from botocore.exceptions import BotoCoreError, ClientError
from s3transfer.exceptions import (
    RetriesExceededError,
    S3DownloadFailedError,
    S3UploadFailedError,
)
from s3transfer.futures import TransferFuture
from s3transfer.manager import TransferManager
from s3transfer.subscribers import BaseSubscriber

from videos.storage.base import ProgressCallback, StorageDown

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client

MIB = 1024 * 1024
POLL_SECONDS = 0.1
CONFIG = TransferConfig(
    multipart_threshold=16 * MIB,
    multipart_chunksize=8 * MIB,
    max_concurrency=4,
    max_io_queue=64,  # of 256 KiB: a slow disk must not fill the memory
    preferred_transfer_client="classic",
)
FAULTS = (
    BotoCoreError,
    Boto3Error,
    RetriesExceededError,
    S3DownloadFailedError,
    S3UploadFailedError,
)
GONE = ("404", "NoSuchKey", "NoSuchUpload", "NotFound")


@contextmanager
def storage_errors() -> Iterator[None]:
    """FileNotFoundError for a key that is not there, StorageDown for all other trouble."""
    try:
        yield
    except ClientError as error:
        if str(error.response.get("Error", {}).get("Code")) in GONE:
            raise FileNotFoundError(str(error)) from error
        raise StorageDown(str(error)) from error
    except FAULTS as error:
        raise StorageDown(str(error)) from error


class _Watcher(BaseSubscriber):
    """Counts bytes, which come from several threads, and knows the end."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bytes = 0
        self.done = threading.Event()

    @property
    def bytes(self) -> int:
        """How many have moved. A part that is sent again is not counted twice."""
        return max(self._bytes, 0)

    def on_progress(self, future: TransferFuture, bytes_transferred: int, **kwargs: Any) -> None:
        """Called by the transfer; negative before a part is sent again."""
        with self._lock:
            self._bytes += bytes_transferred

    def on_done(self, future: TransferFuture, **kwargs: Any) -> None:
        """Called by the transfer, however it ended."""
        self.done.set()


def run(
    client: S3Client,
    begin: Callable[[TransferManager, list[BaseSubscriber]], TransferFuture],
    on_progress: ProgressCallback,
) -> None:
    """Do one transfer; nothing is left half done. What `on_progress` raises cancels it.

    That is raised on. Raises StorageDown or FileNotFoundError.
    """
    watcher = _Watcher()
    with storage_errors(), create_transfer_manager(client, CONFIG) as manager:
        future = begin(manager, [watcher])
        try:
            while not watcher.done.wait(POLL_SECONDS):
                on_progress(watcher.bytes)
        except BaseException:
            future.cancel()
            watcher.done.wait()
            raise
        future.result()
    on_progress(watcher.bytes)
