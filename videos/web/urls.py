"""Addresses of pages and their forms."""

from django.urls import path

from videos.services.tasks.control import TaskAction
from videos.web import deletion, library, nav, subtitles, task_actions, video

urlpatterns = [
    *nav.urls(),
    path("upload/", library.upload, name="upload"),
    path("sample/", library.sample, name="sample"),
    path("videos/<uuid:video_id>/", video.video, name="video"),
    path("videos/<uuid:video_id>/edit/<slug:operation>/", video.edit, name="edit"),
    path("videos/<uuid:video_id>/delete/", deletion.delete_video, name="delete_video"),
    path("videos/<uuid:video_id>/restore/", deletion.restore_video, name="restore_video"),
    path("outputs/<uuid:output_id>/delete/", deletion.delete_output, name="delete_output"),
    path("outputs/<uuid:output_id>/restore/", deletion.restore_output, name="restore_output"),
    path("videos/<uuid:video_id>/subtitles/", subtitles.attach, name="attach_subtitles"),
    path("subtitles/<uuid:file_id>/", subtitles.change, name="change_subtitle"),
    path("subtitles/<uuid:file_id>/delete/", subtitles.delete, name="delete_subtitle"),
    path("subtitles/<uuid:file_id>/restore/", subtitles.restore, name="restore_subtitle"),
    path("subtitles/<uuid:file_id>/track.vtt", subtitles.track, name="subtitle_track"),
    *(
        path(f"tasks/<uuid:task_id>/{verb}/", task_actions.apply, {"verb": verb}, f"{verb}_task")
        for verb in TaskAction
    ),
    path("tasks/<uuid:task_id>/again/", task_actions.make_again, name="make_again"),
    path("tasks/many/", task_actions.apply_to_many, name="many_tasks"),
    path("queue/pause/", task_actions.pause_queue, name="pause_queue"),
    path("queue/resume/", task_actions.resume_queue, name="resume_queue"),
]
