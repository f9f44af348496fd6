"""Where the library lies, as the environment says: which store, and for a bucket, which one."""

from __future__ import annotations

from django.core.exceptions import ImproperlyConfigured

from videos.storage.registry import STORES
from videos.storage.s3_options import S3Options
from vrewcraft import env


def store() -> str:
    """VREWCRAFT_STORAGE: the name of a store. Raises ImproperlyConfigured."""
    name = env.text("VREWCRAFT_STORAGE", "local")
    if name not in STORES:
        known = " or ".join(repr(each) for each in STORES)
        raise ImproperlyConfigured(f"VREWCRAFT_STORAGE must be {known}, not {name!r}.")
    return name


def s3_options() -> S3Options:
    """The AWS_ variables. Raises ImproperlyConfigured without a bucket's name."""
    name = env.text("AWS_STORAGE_BUCKET_NAME")
    if not name:
        raise ImproperlyConfigured("VREWCRAFT_STORAGE=s3 requires AWS_STORAGE_BUCKET_NAME.")
    endpoint = env.text("AWS_S3_ENDPOINT_URL")
    return S3Options(
        bucket=name,
        endpoint_url=endpoint or None,
        public_url=env.text("VREWCRAFT_S3_PUBLIC_URL") or None,
        region=env.text("AWS_S3_REGION_NAME") or None,
        access_key=env.text("AWS_ACCESS_KEY_ID") or None,
        secret_key=env.text("AWS_SECRET_ACCESS_KEY") or None,
        # Few services other than Amazon's answer to a host name for each bucket.
        addressing_style=env.text("AWS_S3_ADDRESSING_STYLE", "path" if endpoint else "auto"),
    )
