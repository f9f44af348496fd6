"""Every address of the site."""

from django.contrib import admin
from django.contrib.auth import views as auth
from django.urls import include, path

from videos.api.router import api
from vrewcraft.http import error_views
from vrewcraft.ops.metrics import metrics

handler400 = error_views.bad_request
handler403 = error_views.permission_denied
handler404 = error_views.not_found
handler500 = error_views.server_error

urlpatterns = [
    path("", include("videos.web.urls")),
    path("", include("videos.api.urls")),
    path("api/", api.urls),
    path("metrics", metrics, name="metrics"),
    path("login/", auth.LoginView.as_view(template_name="login.html"), name="login"),
    path("logout/", auth.LogoutView.as_view(), name="logout"),
    path("i18n/", include("django.conf.urls.i18n")),
    path("admin/", admin.site.urls),
]
