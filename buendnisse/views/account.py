"""A person's own account: what it holds, its language, its devices, and a form that was kept."""

from typing import Any
from urllib.parse import urlsplit

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from allauth.usersessions.views import ListUserSessionsView
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from buendnisse.browsers import describe_browser, shorten_address
from buendnisse.forms.accounts import EndSessionsForm, LanguageForm
from buendnisse.idle import discard_kept_form, kept_form
from buendnisse.kept_words import forget_words
from buendnisse.models import User
from buendnisse.services.people import choose_language

# A field of a form is worth reading again when it holds words; the rest are numbers and choices.
_WORTH_READING = 20


@login_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every part of the account with its state, and the way to it."""
    user: User = request.user  # type: ignore[assignment]
    factors = list(Authenticator.objects.filter(user=user).values_list("type", flat=True))
    return render(
        request,
        "account/overview.html",
        {
            "person": user,
            "has_password": user.has_usable_password(),
            "has_app": Authenticator.Type.TOTP in factors,
            "passkeys": factors.count(Authenticator.Type.WEBAUTHN),
            "has_recovery_codes": Authenticator.Type.RECOVERY_CODES in factors,
            "unconfirmed": EmailAddress.objects.filter(user=user, verified=False).count(),
            "language": user.get_language_display(),
        },
    )


@login_required
def language(request: HttpRequest) -> HttpResponse:
    """Choose the language of pages and mails; the choice shows at once."""
    user: User = request.user  # type: ignore[assignment]
    form = LanguageForm(request.POST or None, initial={"language": user.language})
    if not form.is_valid():
        return render(request, "account/language.html", {"form": form})
    chosen = form.cleaned_data["language"]
    choose_language(language=chosen, acting_user=user, now=timezone.now())
    with translation.override(chosen):
        messages.success(request, _("Ihre Sprache ist gespeichert."))
    response = redirect("account_overview")
    response.set_cookie(
        settings.LANGUAGE_COOKIE_NAME, chosen, secure=settings.SESSION_COOKIE_SECURE, samesite="Lax"
    )
    return response


class SessionsView(ListUserSessionsView):
    """The devices where one is signed in; ends one of them, or all others."""

    form_class = EndSessionsForm

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        # A session from before devices were listed is here, so it has to be on the list.
        key = self.request.session.session_key
        if not UserSession.objects.filter(session_key=key).exists():
            UserSession.objects.create_from_request(self.request)
        context: dict[str, Any] = super().get_context_data(**kwargs)
        devices = [
            {
                "id": session.pk,
                "browser": describe_browser(session.user_agent),
                "place": shorten_address(session.ip),
                "since": session.created_at,
                "last_used": session.last_seen_at,
                "is_current": session.session_key == key,
            }
            for session in context["sessions"]
        ]
        devices.sort(key=lambda device: (device["is_current"], device["last_used"]), reverse=True)
        context["devices"] = devices
        return context


sessions = never_cache(SessionsView.as_view())


@login_required
@never_cache
def kept(request: HttpRequest) -> HttpResponse:
    """The form that was being sent when the session ended; sent on, or thrown away."""
    user: User = request.user  # type: ignore[assignment]
    form = kept_form(request, user)
    if form is None:
        return redirect("account_login")
    if request.method == "POST":
        discard_kept_form(request)
        response = redirect(form["path"])
        forget_words(response, urlsplit(form["path"]).path)
        return response
    return render(
        request,
        "account/kept_form.html",
        {
            "path": form["path"],
            "fields": form["fields"],
            "had_files": form["had_files"],
            "texts": [value for _name, value in form["fields"] if len(value) > _WORTH_READING],
        },
    )
