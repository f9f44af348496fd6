"""What lives in a process that serves, beside requests and sockets: started and stopped here only.

Whoever serves starts `runtime`: `manage.py serve`, or the application itself under other servers
(`vrewcraft.http.lifespan`). Importing the application starts nothing.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from progress import process
from videos.services.uploads import transfer
from videos.services.uploads.transfer import TransferThread
from videos.worker.worker import Worker


@dataclass(slots=True)
class Runtime:
    """The threads of a process that serves, and its live delivery, which begins with a socket."""

    transfer: TransferThread | None = None
    """Brings uploads into the bucket, where the library is one."""
    worker: Worker | None = None
    """Runs tasks, where this process is to do that."""
    is_started: bool = False
    """Also once it is stopped: it does not start again."""
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def start(self, *, run_worker: bool = False) -> None:
        """Start the threads; a second time does nothing."""
        with self._lock:
            if self.is_started:
                return
            self.transfer = transfer.start()
            if run_worker:
                self.worker = Worker()
                self.worker.start()
            self.is_started = True

    def stop_work(self) -> None:
        """End the threads while sockets are still open to get the last events of running tasks."""
        if self.worker:
            self.worker.stop()
        if self.transfer:
            self.transfer.stop()
        if self.worker:
            self.worker.join()

    def stop(self) -> None:
        """End everything; may be called from any thread, and again."""
        self.stop_work()
        process.current.stop()


runtime = Runtime()
