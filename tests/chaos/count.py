"""The count after a storm: each thing that must not be, with the tasks and files where it is."""

from __future__ import annotations

from collections.abc import Iterator

from tests.chaos.arrangements import AT_ONCE
from tests.chaos.books import plain
from tests.chaos.hearing import Hearing
from tests.chaos.load import Asked, Load
from tests.chaos.results import made_by_all
from tests.chaos.site import Site

GONE_SECONDS = 3.0


class Count:
    """Looks at everything once it has come to rest, while the deployment still stands."""

    def __init__(self, site: Site, load: Load, hearing: Hearing) -> None:
        self._site, self._load, self._hearing = site, load, hearing
        self._deployment, self._books = site.deployment, site.deployment.books
        self._library = site.deployment.data_dir / "library"
        self._working = self._deployment.await_emptiness(GONE_SECONDS)
        self._deployment.reap(**AT_ONCE)
        self._made = made_by_all(self._books, self._library)
        query = "select id, status, error_code from videos_task"
        self._tasks = {plain(key): (status, code) for key, status, code in self._books.rows(query)}

    def wrong(self) -> dict[str, list[str]]:
        """By what it is; every list should be empty."""
        return {
            "lost tasks": list(self._lost()),
            "requests refused": self._load.refused,
            "tasks that did not end complete": list(self._not_complete()),
            "tasks with doubled Outputs": list(self._doubled()),
            "tasks told complete twice": list(self._told_twice()),
            "tasks whose end the client does not know": list(self._untold()),
            "attempts without an end": list(self._at_odds()),
            "results unlike the fault-free run": list(self._unlike()),
            "files left after reap": list(self._left()),
            "orphan processes": ["at work"] * self._working,
        }

    def _lost(self) -> Iterator[str]:
        """Acknowledged edits that there is not exactly one task for."""
        query = "select idempotency_key, count(*) from videos_task group by idempotency_key"
        tasks = dict(self._books.rows(query))
        for asked in self._load.asked:
            if tasks.get(asked.key) != 1 or _key(asked) not in self._tasks:
                yield f"{asked.edit.name} {asked.task_id}: {tasks.get(asked.key, 0)} tasks"

    def _not_complete(self) -> Iterator[str]:
        for asked in self._load.asked:
            status, code = self._tasks.get(_key(asked), ("lost", ""))
            if status != "complete":
                yield f"{asked.edit.name} {asked.task_id} is {status} {code}"

    def _doubled(self) -> Iterator[str]:
        for asked in self._load.asked:
            names = [each.name for each in self._made.get(_key(asked), [])]
            if len(set(names)) != len(names):
                yield f"{asked.edit.name} {asked.task_id}: {names}"

    def _unlike(self) -> Iterator[str]:
        for asked in self._load.asked:
            files = self._made.get(_key(asked), [])
            why = self._site.yardstick.compare(asked.edit.name, files)
            if why:
                yield f"{asked.edit.name} {asked.task_id}: {why}"

    def _left(self) -> Iterator[str]:
        """Files that no row names, and whatever lies where work is done."""
        query = "select key from videos_output union all select source_key from videos_video"
        keys = {key for (key,) in self._books.rows(query)}
        for path in sorted(self._deployment.data_dir.rglob("*")):
            place, *rest = path.relative_to(self._deployment.data_dir).parts
            if place in ("work", "incoming", "trash") and rest:
                yield f"{place}/{'/'.join(rest)}"
            elif place == "library" and path.is_file() and rest[0] != "subtitles":
                key = "/".join(rest)
                if key not in keys:
                    yield f"library/{key}"

    def _told_twice(self) -> Iterator[str]:
        return (f"{key}: {n} times" for key, n in self._hearing.completes.items() if n > 1)

    def _untold(self) -> Iterator[str]:
        """Edits that the client believes to be in another state."""
        for asked in self._load.asked:
            reported = self._hearing.reported.get(asked.task_id)
            if reported != self._tasks.get(_key(asked), ("",))[0]:
                yield f"{asked.task_id}: {reported}"

    def _at_odds(self) -> Iterator[str]:
        """Attempts that are told to run although their task has ended."""
        query = (
            "select t.id from videos_attempt a join videos_task t on t.id = a.task_id "
            "where a.outcome = 'running' and t.status not in ('pending', 'processing')"
        )
        return (plain(key) for (key,) in self._books.rows(query))


def _key(asked: Asked) -> str:
    return plain(asked.task_id)
