"""The admin: to look at everything, to control tasks, to run them again."""

from videos.admin import library, tasks, workers

__all__ = ["library", "tasks", "workers"]
