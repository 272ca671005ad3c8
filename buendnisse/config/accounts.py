"""Settings of accounts: how people register and sign in (django-allauth). Part of settings.py."""

AUTH_USER_MODEL = "buendnisse.User"
AUTHENTICATION_BACKENDS = [
    # Asked first, since it only takes away.
    "applications.own_cases.OwnCasesBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"

ACCOUNT_ADAPTER = "buendnisse.accounts.AccountAdapter"
ACCOUNT_FORMS = {
    "confirm_login_code": "buendnisse.forms.accounts.ConfirmLoginCodeForm",
    "login": "buendnisse.forms.accounts.LoginForm",
    "request_login_code": "buendnisse.forms.accounts.RequestLoginCodeForm",
    "signup": "buendnisse.forms.accounts.SignupForm",
}
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
# Without a password one signs in by a code that comes by mail.
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1", "password2"]
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_NOTIFICATIONS = True
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_REDIRECT_URL = "home"
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
# Seconds: a mail takes its time.
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = True
# "key" is the address; for a failed login the address together with the network it came from, so
# that nobody shuts others out by guessing (AccountAdapter). The limits of an address end within
# ten minutes, except for a login by password from many networks at once.
ACCOUNT_RATE_LIMITS = {
    "login_failed": "10/m/ip,5/5m/key",
    "login_failed_anywhere": "60/h/key",
    "request_login_code": "20/m/ip,5/10m/key",
    "reset_password": "20/m/ip,5/10m/key",
    "signup": "20/m/ip",
}

MFA_ADAPTER = "buendnisse.second_factor.SecondFactorAdapter"
MFA_FORMS = {
    "activate_totp": "buendnisse.forms.second_factor.ActivateAppForm",
    "add_webauthn": "buendnisse.forms.second_factor.AddPasskeyForm",
    "authenticate": "buendnisse.forms.second_factor.AuthenticateForm",
    "edit_webauthn": "buendnisse.forms.second_factor.RenamePasskeyForm",
    "reauthenticate": "buendnisse.forms.second_factor.ReauthenticateForm",
}
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_TOTP_ISSUER = "Gemeinsam in Vielfalt"
# A code is good for its half minute and for the one before and after: people type slowly.
MFA_TOTP_TOLERANCE = 1
