"""The tables: videos, uploads, quotas, subtitles, tasks, attempts, outputs, workers and more."""

from videos.models.attempt import Attempt
from videos.models.mark import LibraryMark
from videos.models.output import Output
from videos.models.pause import QueuePause
from videos.models.quota import Quota
from videos.models.speed import Speed
from videos.models.subtitles import SubtitleFile
from videos.models.task import Task, TaskSource
from videos.models.upload import ExpiredUpload, Upload
from videos.models.video import Video
from videos.models.worker import WorkerBeat

__all__ = [
    "Attempt",
    "ExpiredUpload",
    "LibraryMark",
    "Output",
    "QueuePause",
    "Quota",
    "Speed",
    "SubtitleFile",
    "Task",
    "TaskSource",
    "Upload",
    "Video",
    "WorkerBeat",
]
