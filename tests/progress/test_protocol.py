"""What a client may say, and how often."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from progress.protocol import AT_ONCE, PER_SECOND, Allowance, ClientMessage, parse


def test_two_messages_are_understood() -> None:
    assert parse('{"type":"subscribe","videoId":"*"}') == ClientMessage("subscribe", "*")
    assert parse('{"videoId":"v","type":"unsubscribe","more":1}') == ClientMessage(
        "unsubscribe", "v"
    )


def test_a_name_that_comes_twice_makes_a_message_not_understood() -> None:
    assert parse('{"type":"subscribe","videoId":"v","videoId":"w"}') is None


@given(st.text(max_size=200))
def test_any_text_is_understood_or_not_and_never_an_error(text: str) -> None:
    parse(text)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
)


@pytest.mark.slow
@given(st.fixed_dictionaries({"type": st.just("subscribe"), "videoId": JSON}))
def test_an_id_that_is_understood_can_be_named_in_an_answer(asked: dict[str, object]) -> None:
    import json

    found = parse(json.dumps(asked))
    if found:
        assert found.video_id.encode()


def test_a_burst_is_allowed_and_then_so_many_a_second() -> None:
    allowance = Allowance(now=100.0)
    assert [allowance.take(100.0) for _ in range(int(AT_ONCE) + 1)] == [True] * int(AT_ONCE) + [
        False
    ]
    allowed = sum(allowance.take(100.0 + moment / 100) for moment in range(1000))
    assert allowed == PER_SECOND * 10 - 1


def test_what_is_not_used_does_not_add_up() -> None:
    allowance = Allowance(now=0.0)
    assert sum(allowance.take(3600.0) for _ in range(1000)) == AT_ONCE
