"""Every address of the site."""

from allauth.account.decorators import secure_admin_login
from django.conf import settings
from django.contrib import admin
from django.urls import include, path

import applications.urls
import buendnisse.urls
from buendnisse.views.health import healthz, readyz

# One login for everybody, with its rate limits: the admin's own form is not a second door.
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("funding.urls")),
    path("", include("buendnisse.urls")),
    # The pages of an alliance come from two apps: its applications show on some of them.
    path(
        "buendnisse/",
        include(
            ([*buendnisse.urls.alliance_patterns, *applications.urls.alliance_patterns], "alliances")
        ),
    ),
    path("antraege/", include("applications.urls")),
    path("healthz", healthz, name="healthz"),
    path("readyz", readyz, name="readyz"),
    path("sprache/", include("django.conf.urls.i18n")),
    path("konto/", include("allauth.urls")),
    path("verwaltung/", admin.site.urls),
]

if settings.DEMO:
    urlpatterns += [path("demo/", include("buendnisse.demo.urls"))]
