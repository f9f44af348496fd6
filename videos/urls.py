"""Addresses of the library."""

from django.urls import path

from videos import deletion_views, downloads, steering_views, subtitle_views, views, worker_pages
from videos.services.tasks.control import Verb
from videos.uploads import tus
from videos.uploads.views import api_upload

urlpatterns = [
    path("", views.library, name="library"),
    path("jobs/", views.jobs, name="jobs"),
    path("workers/", worker_pages.workers, name="workers"),
    path("upload/", views.upload, name="upload"),
    path("sample/", views.sample, name="sample"),
    path("videos/<uuid:video_id>/", views.video, name="video"),
    path("videos/<uuid:video_id>/edit/<slug:operation>/", views.edit, name="edit"),
    path("videos/<uuid:video_id>/delete/", deletion_views.delete_video, name="delete_video"),
    path("videos/<uuid:video_id>/restore/", deletion_views.restore_video, name="restore_video"),
    path("outputs/<uuid:output_id>/delete/", deletion_views.delete_output, name="delete_output"),
    path("outputs/<uuid:output_id>/restore/", deletion_views.restore_output, name="restore_output"),
    path("videos/<uuid:video_id>/subtitles/", subtitle_views.attach, name="attach_subtitles"),
    path("subtitles/<uuid:file_id>/", subtitle_views.change, name="change_subtitle"),
    path("subtitles/<uuid:file_id>/delete/", subtitle_views.delete, name="delete_subtitle"),
    path("subtitles/<uuid:file_id>/restore/", subtitle_views.restore, name="restore_subtitle"),
    path("subtitles/<uuid:file_id>/track.vtt", subtitle_views.track, name="subtitle_track"),
    *(
        path(f"tasks/<uuid:task_id>/{verb}/", steering_views.do, {"verb": verb}, f"{verb}_task")
        for verb in Verb
    ),
    path("tasks/<uuid:task_id>/again/", steering_views.make_again, name="make_again"),
    path("tasks/many/", steering_views.do_to_many, name="many_tasks"),
    path("queue/pause/", steering_views.pause_queue, name="pause_queue"),
    path("queue/resume/", steering_views.resume_queue, name="resume_queue"),
    path("outputs/<uuid:output_id>/<str:name>", downloads.output, name="output"),
    path("sources/<uuid:video_id>/<str:name>", downloads.source, name="source"),
    path("api/upload", api_upload, name="api_upload"),
    path("api/uploads/", tus.uploads, name="tus_uploads"),
    path("api/uploads/<uuid:upload_id>", tus.upload, name="tus_upload"),
]
