#!/usr/bin/env bash
# tuspy reads the whole file into memory, unless it is told not to.
#
# Seen with tuspy 1.1.0.
# Guess: a client for resumable uploads sends chunks of some megabytes, so that there is something
#   to resume.
# Seen: `chunk_size` is sys.maxsize: one read() of the whole file and one PATCH. 4 GB of film take 4
#   GB of memory.
# Who meets it: programs that upload films; behind a server that keeps whole requests only, a line
#   that drops costs all that was sent.
# Instead: `client.uploader(path, chunk_size=8 * 1024 * 1024)`.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv venv
venv/bin/pip install -qq tuspy==1.1.0

venv/bin/python - <<'PY'
import io
import sys
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import version

from tusclient.client import TusClient

SIZE = 32 * 1024**2


class Server(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        self.answer(201, {"Location": f"http://127.0.0.1:{self.server.server_port}/file"})

    def do_PATCH(self) -> None:
        length = int(self.headers["Content-Length"])
        self.rfile.read(length)
        self.answer(204, {"Upload-Offset": str(int(self.headers["Upload-Offset"]) + length)})

    def answer(self, status: int, headers: dict[str, str]) -> None:
        self.send_response(status)
        for name, value in {"Tus-Resumable": "1.0.0", "Content-Length": "0", **headers}.items():
            self.send_header(name, value)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


class Film(io.BytesIO):
    largest = 0

    def read(self, size: int = -1) -> bytes:
        data = super().read(size)
        Film.largest = max(Film.largest, len(data))
        return data


server = HTTPServer(("127.0.0.1", 0), Server)
threading.Thread(target=server.serve_forever, daemon=True).start()
client = TusClient(f"http://127.0.0.1:{server.server_port}/files")
client.uploader(file_stream=Film(bytes(SIZE))).upload()
print(f"tuspy {version('tuspy')}: largest read of {SIZE} bytes: seen {Film.largest}")
if Film.largest < SIZE:
    sys.exit("Changed: tuspy reads in chunks.")
PY
