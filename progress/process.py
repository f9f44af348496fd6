"""What live delivery has one of in each process: made by whoever needs it first, ended together."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from progress.connection_guard import ConnectionGuard
    from progress.db_reader import Reader
    from progress.hub import Hub
    from progress.publisher import Publisher


@dataclass(slots=True)
class LiveProcess:
    """The parts of live delivery that exist so far, in the order in which they end."""

    guard: ConnectionGuard | None = None
    hub: Hub | None = None
    publisher: Publisher | None = None
    reader: Reader | None = None

    def stop(self) -> None:
        """End threads and tasks; may be called from any thread, and again.

        A part that is needed once more is made anew.
        """
        for field in fields(self):
            part = getattr(self, field.name)
            setattr(self, field.name, None)
            if part is not None:
                part.stop()


current = LiveProcess()
