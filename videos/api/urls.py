"""Addresses of files and uploads."""

from django.urls import path

from videos.api import downloads, tus
from videos.api.upload import api_upload

urlpatterns = [
    path("outputs/<uuid:output_id>/<str:name>", downloads.output, name="output"),
    path("sources/<uuid:video_id>/<str:name>", downloads.source, name="source"),
    path("api/upload", api_upload, name="api_upload"),
    path("api/uploads/", tus.uploads, name="tus_uploads"),
    path("api/uploads/<uuid:upload_id>", tus.upload, name="tus_upload"),
]
