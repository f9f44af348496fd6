"""A house that is ready to be hit: with clips, and with what each edit makes in calm weather."""

from __future__ import annotations

from tests.chaos.books import plain
from tests.chaos.house import House
from tests.chaos.load import Clips, ask_all
from tests.chaos.results import Yardstick, made_by_all


class Site:
    """One arrangement's house, its clips, and the fault-free run that all later ones must equal."""

    def __init__(self, house: House) -> None:
        self.house = house
        self.clips = Clips(house)
        calm = ask_all(house, self.clips)
        made = made_by_all(house.books, house.data_dir / "library")
        self.yardstick = Yardstick({each.edit.name: made[plain(each.task_id)] for each in calm})
        self.points = sorted(set(house.points.read_text().splitlines()))
        """The fault points that the fault-free run passed."""
