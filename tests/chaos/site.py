"""A deployment to be hit, with clips, and with what each edit makes when nothing fails."""

from __future__ import annotations

from tests.chaos.books import plain
from tests.chaos.deployment import Deployment
from tests.chaos.load import Clips, ask_all
from tests.chaos.results import Yardstick, made_by_all


class Site:
    """A deployment, its clips, and the fault-free run that all later ones must equal."""

    def __init__(self, deployment: Deployment) -> None:
        self.deployment = deployment
        self.clips = Clips(deployment)
        calm = ask_all(deployment, self.clips)
        made = made_by_all(deployment.books, deployment.data_dir / "library")
        self.yardstick = Yardstick({each.edit.name: made[plain(each.task_id)] for each in calm})
        self.points = sorted(set(deployment.points.read_text().splitlines()))
        """The fault points that the fault-free run passed."""
