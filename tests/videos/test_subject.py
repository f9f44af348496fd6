"""What log lines are about: known inside, forgotten outside."""

from __future__ import annotations

import threading

from videos import subject


def test_ids_are_known_inside_and_forgotten_after() -> None:
    with subject.about(task="t"):
        assert subject.current() == {"task": "t"}
    assert subject.current() == {}


def test_an_inner_subject_adds_to_the_outer_one() -> None:
    with subject.about(task="t", attempt=1), subject.about(attempt=2, user="u"):
        assert subject.current() == {"task": "t", "attempt": 2, "user": "u"}


def test_it_is_forgotten_where_the_work_fails() -> None:
    try:
        with subject.about(task="t"):
            raise KeyError
    except KeyError:
        assert subject.current() == {}


def test_another_threads_work_is_about_something_else() -> None:
    seen: list[object] = []
    with subject.about(task="t"):
        thread = threading.Thread(target=lambda: seen.append(subject.current()))
        thread.start()
        thread.join()
    assert seen == [{}]
