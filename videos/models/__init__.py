"""The tables: videos, uploads, quotas, subtitles, tasks, attempts, outputs, workers and more."""

from videos.models.attempt import Attempt
from videos.models.learned_cost import Speed
from videos.models.output import Output
from videos.models.queue_pause import QueuePause
from videos.models.quota import Quota
from videos.models.restore_marker import LibraryMark
from videos.models.subtitle import SubtitleFile
from videos.models.task import Task, TaskSource
from videos.models.upload import ExpiredUpload, Upload
from videos.models.video import Video
from videos.models.video_index import VideoIndex
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
    "VideoIndex",
    "WorkerBeat",
]
