"""Fair reading of bodies, in a loop whose turns are made by hand."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass, field

import pytest

from vrewcraft.server.daphne.turns import Turns


@dataclass(eq=False)
class Body:
    """A connection with so many pieces to read."""

    turns: Turns
    pieces: int
    listens: bool = True
    read_in: list[int] = field(default_factory=list)

    def rest(self) -> None:
        self.listens = False

    def go(self) -> None:
        self.listens = True

    def ask(self, turn: int) -> None:
        if self.turns.take(self):
            self.pieces -= 1
            self.read_in.append(turn)


class Loop:
    """As asyncio's: what is ready is found first, then what was asked for earlier is called."""

    def __init__(self) -> None:
        self.soon: list[Callable[[], None]] = []
        self.turns = Turns(self.soon.append)
        self.turn = 0
        self.bodies: list[Body] = []

    def body(self, pieces: int) -> Body:
        self.bodies.append(Body(self.turns, pieces))
        return self.bodies[-1]

    def run(self, turns: int) -> None:
        for _ in range(turns):
            ready = [each for each in self.bodies if each.listens and each.pieces]
            called, self.soon[:] = list(self.soon), []
            for callback in called:
                callback()
            for each in ready:
                each.ask(self.turn)
            self.turn += 1


@pytest.fixture
def loop() -> Loop:
    return Loop()


def test_a_body_alone_is_read_in_every_turn(loop: Loop) -> None:
    alone = loop.body(5)
    loop.run(5)
    assert alone.read_in == [0, 1, 2, 3, 4]


def test_of_many_one_is_read_in_each_turn_and_all_come_in_order(loop: Loop) -> None:
    bodies = [loop.body(3) for _ in range(4)]
    loop.run(12)
    assert sorted(turn for each in bodies for turn in each.read_in) == list(range(12))
    assert all(each.read_in == [n, n + 4, n + 8] for n, each in enumerate(bodies))


def test_turns_are_shared_only_while_others_have_something_to_read(loop: Loop) -> None:
    shared = []
    for pieces in (6, 3, 0):
        loop.body(pieces)
        loop.run(2)
        shared.append(loop.turns.shared)
    loop.run(10)
    assert [*shared, loop.turns.shared] == [False, True, True, False]


def test_one_that_has_nothing_for_now_does_not_delay_the_others(loop: Loop) -> None:
    silent, busy, other = loop.body(1), loop.body(20), loop.body(20)
    loop.run(20)
    silent.pieces = 1
    loop.run(3)
    assert silent.pieces == 0
    loop.run(19)
    assert (busy.pieces, other.pieces) == (0, 0)


def test_one_that_never_comes_though_it_may_is_passed_over(loop: Loop) -> None:
    first, stuck, last = (loop.body(10) for _ in range(3))
    loop.run(1)
    stuck.pieces = 0
    loop.run(30)
    assert (first.pieces, last.pieces) == (0, 0)


def test_one_that_leaves_gives_its_turn_away(loop: Loop) -> None:
    first, gone, last = (loop.body(10) for _ in range(3))
    loop.run(1)
    gone.pieces = 0
    loop.turns.leave(gone)
    loop.run(2)
    assert (first.read_in, last.read_in) == ([0, 2], [1])


def test_nothing_is_called_any_more_once_all_is_read(loop: Loop) -> None:
    for _ in range(3):
        loop.body(2)
    loop.run(20)
    assert loop.soon == []


def test_whatever_comes_and_goes_every_body_is_read_to_its_end(loop: Loop) -> None:
    chance = random.Random(5)
    for _ in range(300):
        action_label = chance.random()
        if action_label < 0.1:
            loop.body(chance.randint(1, 8))
        elif action_label < 0.15 and loop.bodies:
            gone = loop.bodies.pop(chance.randrange(len(loop.bodies)))
            loop.turns.leave(gone)
        elif action_label < 0.3 and loop.bodies:
            chance.choice(loop.bodies).pieces += 1
        loop.run(1)
    loop.run(3 * sum(each.pieces for each in loop.bodies) + 10)
    assert [each.pieces for each in loop.bodies] == [0] * len(loop.bodies)
