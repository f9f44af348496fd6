"""The tables: videos, uploads, subtitle files, tasks, attempts, outputs, workers, speeds."""

from videos.models.attempt import Attempt
from videos.models.output import Output
from videos.models.speed import Speed
from videos.models.subtitles import SubtitleFile
from videos.models.task import Task, TaskSource
from videos.models.upload import Upload
from videos.models.video import Video
from videos.models.worker import WorkerBeat

__all__ = [
    "Attempt",
    "Output",
    "Speed",
    "SubtitleFile",
    "Task",
    "TaskSource",
    "Upload",
    "Video",
    "WorkerBeat",
]
