"""What the settings say about a bucket; apart from s3.py, which takes half a second to import."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class S3Options:
    """A bucket of an S3-compatible service. What is None, boto3 finds by its own rules."""

    bucket: str
    endpoint_url: str | None = None
    public_url: str | None = None
    """The address that browsers know the service by, where that is another one."""
    region: str | None = None
    access_key: str | None = None
    secret_key: str | None = field(default=None, repr=False)
    addressing_style: str = "auto"
    """As boto3 has it: `path`, `virtual` or `auto`."""
