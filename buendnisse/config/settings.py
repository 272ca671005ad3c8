"""Settings of the project, from the environment (docs: README, "In production")."""

from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONE, SELF
from django.utils.translation import gettext_lazy as _

from buendnisse.config.accounts import *  # noqa: F403 - settings too, all in capitals
from buendnisse.config.environment import Environment
from buendnisse.config.logging import configure
from buendnisse.config.uploads import *  # noqa: F403
from buendnisse.config.uploads import upload_storage

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = Environment()
# Everything that a run writes: the embedded database, uploads, the demo's mails.
VAR_DIR = env.directory("VAR_DIR", default=BASE_DIR / "var")

# --- How it runs -----------------------------------------------------------------------------
DEMO = env.boolean("DEMO", default=False)
DEBUG = env.boolean("DEBUG", default=False)
PRODUCTION = not (DEMO or DEBUG)

# Outside production the keys are public knowledge; in it they have no default.
PUBLIC_KEY = None if PRODUCTION else "only-for-demo-and-development-" * 2
SECRET_KEY = env.text("SECRET_KEY", minimum=50, default=PUBLIC_KEY)
# The key before, while both are in use (docs/operations.md, "Keys").
SECRET_KEY_FALLBACKS = list(filter(None, [env.text("OLD_SECRET_KEY", minimum=50, default="")]))
# Keys the digests of the ledger's chain; a change would make every older entry look forged.
LEDGER_KEY = env.text("LEDGER_KEY", minimum=50, default=PUBLIC_KEY)
SITE_URL = env.origin("SITE_URL", default=None if PRODUCTION else "http://127.0.0.1:8000")
ALLOWED_HOSTS = env.hosts(
    "ALLOWED_HOSTS",
    default=[urlsplit(SITE_URL).hostname or ""]
    if PRODUCTION
    else ["127.0.0.1", "localhost", "[::1]"],
)
CSRF_TRUSTED_ORIGINS = env.origins("CSRF_TRUSTED_ORIGINS", default=[])
CSRF_FAILURE_VIEW = "buendnisse.views.errors.csrf_failure"

CONTACT_EMAIL = env.address(
    "CONTACT_EMAIL", default=None if PRODUCTION else "programm@demo.example"
)
CONTACT_PHONE = env.text("CONTACT_PHONE", default=None if PRODUCTION else "0711 000000-0 (Demo)")

# The file number (Aktenzeichen) of an application: prefix, year, running number.
FILE_NUMBER_PREFIX = env.text("FILE_NUMBER_PREFIX", default="GIV")

# --- Applications ----------------------------------------------------------------------------
INSTALLED_APPS = [
    "applications",
    "funding",
    "buendnisse",
    "buendnisse.apps.MinistryAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "whitenoise.runserver_nostatic",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.forms",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "crispy_forms",
    "csp",
    "django_htmx",
    "django_structlog",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "csp.middleware.CSPMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "buendnisse.middleware.german_administration",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "buendnisse.acts.signed_in_person_acts",
    "buendnisse.middleware.RequestLog",
    "buendnisse.middleware.request_size",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "buendnisse.kept_words.taken_forms",
    "buendnisse.idle.IdleSessions",
]
ROOT_URLCONF = "buendnisse.config.urls"
WSGI_APPLICATION = "buendnisse.config.wsgi.application"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "buendnisse.context_processors.site",
            ],
        },
    }
]
FORM_RENDERER = "django.forms.renderers.TemplatesSetting"
CRISPY_TEMPLATE_PACK = "kern"
CRISPY_ALLOWED_TEMPLATE_PACKS = ["kern"]

# --- Database, cache, queue ------------------------------------------------------------------
DATABASES = {"default": env.database("DATABASE_URL", default=f"sqlite:///{VAR_DIR}/db.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # IMMEDIATE locks at the start, never half-way; REPLACE asks the triggers against deletion.
    start = "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA recursive_triggers=ON;"
    options = {"transaction_mode": "IMMEDIATE", "timeout": 20, "init_command": start}
    DATABASES["default"]["OPTIONS"] = options
    VAR_DIR.mkdir(exist_ok=True)
else:
    DATABASES["default"] |= {"CONN_MAX_AGE": 600, "CONN_HEALTH_CHECKS": True}
    # How alike words have to be for a search that forgives a slip of the finger.
    alike = "-c pg_trgm.word_similarity_threshold=0.45"
    patience = {"connect_timeout": 5, "options": f"-c lock_timeout=20s {alike}"}
    DATABASES["default"]["OPTIONS"] = patience | DATABASES["default"].get("OPTIONS", {})
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

REDIS_URL = env.redis("REDIS_URL")
REDIS_TIMEOUTS = {"socket_timeout": 2, "socket_connect_timeout": 2}
CACHE: dict[str, object] = {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}
if REDIS_URL:
    CACHE = {
        "BACKEND": "django.core.cache.backends.redis.RedisCache",
        "LOCATION": REDIS_URL,
        "OPTIONS": REDIS_TIMEOUTS,
    }
CACHES = {"default": CACHE}

# The outbox table is the truth: a broker that is down costs two seconds and no mail.
CELERY_BROKER_URL = REDIS_URL or "memory://localhost/"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    REDIS_TIMEOUTS | {"max_retries": 0} if REDIS_URL else {"polling_interval": 0.5}
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_PUBLISH_RETRY = False
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TIMEZONE = "Europe/Berlin"
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BEAT_SCHEDULE = {
    "deliver-due-mails": {"task": "buendnisse.tasks.deliver_due_mails", "schedule": 30.0},
    "renew-vocabulary": {"task": "buendnisse.tasks.renew_vocabulary", "schedule": 3600.0},
    "scan-waiting-files": {
        "task": "applications.tasks.scan_waiting_attachments",
        "schedule": 60.0,
    },
    "remove-orphaned-files": {
        "task": "applications.tasks.remove_orphaned_files",
        "schedule": 24 * 60 * 60.0,
    },
    "remind-of-corrections": {
        "task": "applications.tasks.remind_of_corrections",
        "schedule": 900.0,
    },
}

# --- Accounts --------------------------------------------------------------------------------
# Staff sign in with a second factor; the demo alone does without, and says so.
STAFF_NEEDS_SECOND_FACTOR = not DEMO
# Passkeys need HTTPS; a browser lets "localhost" pass without.
MFA_WEBAUTHN_ALLOW_INSECURE_ORIGIN = not PRODUCTION
# Each proxy in front adds one entry to X-Forwarded-For; without any, the header is forged.
ALLAUTH_TRUSTED_PROXY_COUNT = env.integer("PROXY_COUNT", minimum=0, maximum=5, default=0)

# --- Mail ------------------------------------------------------------------------------------
DEFAULT_FROM_EMAIL = SERVER_EMAIL = env.address(
    "DEFAULT_FROM_EMAIL", default=None if PRODUCTION else "Demo <noreply@demo.example>"
)
DEMO_MAIL_DIR = VAR_DIR / "mail"
if DEMO:
    EMAIL_BACKEND = "buendnisse.demo.mailbox.EmailBackend"
else:
    globals().update(env.email("EMAIL_URL", default=None if PRODUCTION else "consolemail://"))
EMAIL_TIMEOUT = 10

# --- Language and time -----------------------------------------------------------------------
LANGUAGE_CODE = "de"
LANGUAGES = [("de", _("Deutsch")), ("en", _("Englisch"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
FORMAT_MODULE_PATH = "buendnisse.formats"
TIME_ZONE = "Europe/Berlin"

# --- Files -----------------------------------------------------------------------------------
KERN_DIR = BASE_DIR / "node_modules/@kern-ux/native"
STATIC_URL = "/static/"
STATIC_ROOT = env.directory("STATIC_ROOT", default=VAR_DIR / "static")
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("kern/dist", KERN_DIR / "dist"),
    ("kern/themes", KERN_DIR / "src/scss/themes/examples"),
]
MEDIA_ROOT = env.directory("MEDIA_ROOT", default=VAR_DIR / "media")
STORAGES = {
    "default": upload_storage(env),
    "staticfiles": {
        "BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"
        if PRODUCTION
        else "django.contrib.staticfiles.storage.StaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = not PRODUCTION

# --- Security --------------------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],  # KERN's stylesheet carries its icons as data: images
        "object-src": [NONE],
        "base-uri": [NONE],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    }
}
HTTPS = env.boolean("HTTPS", default=PRODUCTION)
SECURE_SSL_REDIRECT = SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^healthz$", r"^readyz$"]
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
if ALLAUTH_TRUSTED_PROXY_COUNT:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
# A named constraint keeps addresses unique; HTTPS is not ours to promise for the whole domain.
SILENCED_SYSTEM_CHECKS = ["auth.W004", "security.W005", "security.W021"]
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_COOKIE_HTTPONLY = CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = CSRF_COOKIE_SAMESITE = "Lax"

# --- Logs ------------------------------------------------------------------------------------
LOGGING = configure(
    level=env.choice(
        "LOG_LEVEL",
        choices=["DEBUG", "INFO", "WARNING", "ERROR"],
        default="INFO" if PRODUCTION else "WARNING",
    ),
    as_json=PRODUCTION,
)
DJANGO_STRUCTLOG_CELERY_ENABLED = True
DJANGO_STRUCTLOG_IP_LOGGING_ENABLED = False  # the log needs no personal address
