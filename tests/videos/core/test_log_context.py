"""What log lines are about: known inside, forgotten outside."""

from __future__ import annotations

import threading

from videos.core import log_context


def test_ids_are_known_inside_and_forgotten_after() -> None:
    with log_context.about(task="t"):
        assert log_context.current() == {"task": "t"}
    assert log_context.current() == {}


def test_an_inner_subject_adds_to_the_outer_one() -> None:
    with log_context.about(task="t", attempt=1), log_context.about(attempt=2, user="u"):
        assert log_context.current() == {"task": "t", "attempt": 2, "user": "u"}


def test_it_is_forgotten_where_the_work_fails() -> None:
    try:
        with log_context.about(task="t"):
            raise KeyError
    except KeyError:
        assert log_context.current() == {}


def test_another_threads_work_is_about_something_else() -> None:
    seen: list[object] = []
    with log_context.about(task="t"):
        thread = threading.Thread(target=lambda: seen.append(log_context.current()))
        thread.start()
        thread.join()
    assert seen == [{}]
