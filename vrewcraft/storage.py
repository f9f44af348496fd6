"""Where the library lies: a folder of this machine, or a bucket of an S3-compatible service."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from vrewcraft import env

KINDS = ("local", "s3")
S3 = "storages.backends.s3.S3Storage"
CONNECT_SECONDS, ANSWER_SECONDS, TRIES = 5, 30, 4
CONNECTIONS = 32


def storages(data_dir: Path) -> dict[str, dict[str, Any]]:
    """Django's STORAGES for the library, as VREWCRAFT_STORAGE and the AWS_ variables say.

    `default` holds the files. `links` is the same bucket under the address that browsers know it
    by: what a link is signed for includes the host.
    """
    kind = env.text("VREWCRAFT_STORAGE", "local")
    if kind not in KINDS:
        raise ImproperlyConfigured(f"VREWCRAFT_STORAGE={kind!r} is neither 'local' nor 's3'.")
    if kind == "local":
        folder = {"location": str(data_dir / "library")}
        backend = "django.core.files.storage.FileSystemStorage"
        return {"default": {"BACKEND": backend, "OPTIONS": folder}}
    options = _bucket()
    public = env.text("VREWCRAFT_S3_PUBLIC_URL")
    named = {**options, "endpoint_url": public} if public else options
    return {
        "default": {"BACKEND": S3, "OPTIONS": options},
        "links": {"BACKEND": S3, "OPTIONS": named},
    }


def _bucket() -> dict[str, Any]:
    """The options of django-storages. What is left out here, boto3 finds by its own rules."""
    from botocore.config import Config  # noqa: PLC0415 (half a second that a laptop never needs)

    name = env.text("AWS_STORAGE_BUCKET_NAME")
    if not name:
        raise ImproperlyConfigured("VREWCRAFT_STORAGE=s3 needs AWS_STORAGE_BUCKET_NAME.")
    endpoint = env.text("AWS_S3_ENDPOINT_URL")
    # Few services other than Amazon's answer to a host name for each bucket.
    style: Any = env.text("AWS_S3_ADDRESSING_STYLE", "path" if endpoint else "auto")
    config = Config(
        signature_version="s3v4",
        s3={"addressing_style": style},
        connect_timeout=CONNECT_SECONDS,
        read_timeout=ANSWER_SECONDS,
        retries={"mode": "standard", "total_max_attempts": TRIES},
        max_pool_connections=CONNECTIONS,
    )
    return {
        "bucket_name": name,
        "endpoint_url": endpoint or None,
        "region_name": env.text("AWS_S3_REGION_NAME") or None,
        "access_key": env.text("AWS_ACCESS_KEY_ID") or None,
        "secret_key": env.text("AWS_SECRET_ACCESS_KEY") or None,
        "client_config": config,
    }
