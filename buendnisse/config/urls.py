"""Every address of the site."""

from django.conf import settings
from django.contrib import admin
from django.urls import include, path

import applications.urls
import buendnisse.urls
from applications.views.clock import server_time
from buendnisse.views.health import healthz, readyz

urlpatterns = [
    path("", include("funding.urls")),
    path("", include("buendnisse.urls")),
    # The pages of an alliance come from two apps: its applications show on some of them.
    path(
        "buendnisse/",
        include(
            (
                [*buendnisse.urls.alliance_patterns, *applications.urls.alliance_patterns],
                "alliances",
            )
        ),
    ),
    path("", include("applications.preparing_urls")),
    path("", include(applications.urls.answer_patterns)),
    path("antraege/", include("applications.urls")),
    path("jury/", include("applications.jury_urls")),
    path("uhrzeit", server_time, name="server_time"),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("sprache/", include("django.conf.urls.i18n")),
    path("konto/", include("allauth.urls")),
    path("verwaltung/", admin.site.urls),
]

handler400 = "buendnisse.views.errors.bad_request"
handler500 = "buendnisse.views.errors.server_error"

if settings.DEMO:
    urlpatterns += [path("demo/", include("buendnisse.demo.urls"))]
