"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

from buendnisse.views.health import healthz, readyz

urlpatterns = [
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("sprache/", include("django.conf.urls.i18n")),
    path("konto/", include("allauth.urls")),
    path("verwaltung/", admin.site.urls),
]

if settings.DEMO:
    urlpatterns += [path("demo/", include("buendnisse.demo.urls"))]
