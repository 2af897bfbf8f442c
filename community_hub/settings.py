"""One settings module, from the environment; the defaults are safe for a server.

`embedded.ensure()` fills DATABASE_URL, REDIS_URL and the secrets in when they are not given.
"""

import os
from hashlib import sha256
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlsplit

from csp.constants import NONCE, NONE, SELF

from community_hub.lib import logs
from community_hub.lib.environment import broker, database, env_flag, env_list

BASE_DIR = Path(__file__).resolve().parent.parent
VAR_DIR = Path(os.environ.get("HUB_VAR", BASE_DIR / "var"))

DEBUG = env_flag("DEBUG")
DEMO = env_flag("HUB_DEMO")
SECRET_KEY = os.environ["SECRET_KEY"]
CREDENTIAL_KEYS = env_list("CREDENTIAL_KEYS")  # Fernet keys, the newest first
HUB_URL = os.environ.get("HUB_URL", "http://127.0.0.1:8000").rstrip("/")
ALLOWED_HOSTS = [urlsplit(HUB_URL).hostname or "127.0.0.1", *env_list("ALLOWED_HOSTS")]
CSRF_TRUSTED_ORIGINS = [HUB_URL]
SECURE = HUB_URL.startswith("https://")

STATEMENT_TIMEOUT_MS = int(os.environ.get("STATEMENT_TIMEOUT_MS", "15000"))
CONNECTION = {
    "statement_timeout": STATEMENT_TIMEOUT_MS,
    "timezone": "UTC",
    # Our joins are written in the order that is right for them: to weigh every other order of
    # the seven tables of a list took 7 ms, the list itself 1 ms. Nor is compiling worth its time.
    "join_collapse_limit": 4,
    "from_collapse_limit": 4,
    "jit": "off",
    # Of a disk that seeks. With it, all conversations were read to find a few thousand.
    "random_page_cost": 1.1,
}
DATABASES = {"default": database(os.environ["DATABASE_URL"], CONNECTION)}
REDIS_URL = os.environ["REDIS_URL"]
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "allauth",
    "allauth.account",
    "csp",
    "django_htmx",
    "template_partials",
    "community_hub",
    "team",
    "members",
    "events",
    "insights",
    "inbox",
    "sandbox",
]

MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "community_hub.lib.quick_gzip.QuickGZipMiddleware",
    "csp.middleware.CSPMiddleware",
    "community_hub.lib.permissions_policy.PermissionsPolicy",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "community_hub.lib.htmx.SignInAgain",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "team.middleware.PersonalMiddleware",
]

if env_flag("HUB_TEST") and find_spec("zeal"):
    INSTALLED_APPS.append("zeal")  # for tests/start/test_no_query_a_row.py

ROOT_URLCONF = "community_hub.urls"
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "community_hub.lib.folded_templates.Loader",
                            [
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "csp.context_processors.nonce",
                "team.context.hub",
            ],
            "builtins": [
                "community_hub.templatetags.hub",
                "django.templatetags.i18n",
                "community_hub.templatetags.remembered",  # in place of some of those before
            ],
        },
    },
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {"environment": "community_hub.jinja.environment"},
    },
]

# Who may come in ---------------------------------------------------------------------------
AUTH_USER_MODEL = "team.User"
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_ADAPTER = "team.adapter.AccountAdapter"
ACCOUNT_FORMS = {
    "login": "team.account_forms.LoginForm",
    "reset_password": "team.account_forms.ResetPasswordForm",
    "reset_password_from_key": "team.account_forms.ResetPasswordKeyForm",
    "change_password": "team.account_forms.ChangePasswordForm",
    "set_password": "team.account_forms.SetPasswordForm",
    "reauthenticate": "team.account_forms.ReauthenticateForm",
}
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*", "password2*"]
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_EMAIL_VERIFICATION = "none"  # an invitation is the proof of the address
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_RATE_LIMITS = {"login_failed": "10/m/ip,5/5m/key", "reset_password": "20/m/ip,5/m/key"}
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator",
        "OPTIONS": {"user_attributes": ["name", "email"]},
    },
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]
SESSION_COOKIE_AGE = 60 * 60 * 24 * 30
# Browsers keep cookies by host and not by port: two hubs on one machine would take each other's.
THIS_HUB = sha256(f"cookies of {SECRET_KEY}".encode()).hexdigest()[:8]
SESSION_COOKIE_NAME = f"hub_session_{THIS_HUB}"
CSRF_COOKIE_NAME = f"hub_csrf_{THIS_HUB}"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_ENGINE = "community_hub.lib.sessions"
CACHES = {
    "default": {
        "BACKEND": "community_hub.lib.cache.SteadyCache",
        "LOCATION": REDIS_URL,
        "KEY_PREFIX": "hub",
        "OPTIONS": {"socket_timeout": 3, "socket_connect_timeout": 3},
    }
}

# What the browser may do -------------------------------------------------------------------
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [NONE],
        "script-src": [SELF, NONCE],
        "style-src": [SELF],
        "img-src": [SELF],
        "font-src": [SELF],
        "connect-src": [SELF],
        "form-action": [SELF],
        "manifest-src": [SELF],
        "frame-ancestors": [NONE],
        "base-uri": [NONE],
    }
}
SECURE_SSL_REDIRECT = SECURE and env_flag("SECURE_SSL_REDIRECT", True)
SECURE_REDIRECT_EXEMPT = [r"^healthz$"]
SECURE_HSTS_SECONDS = 60 * 60 * 24 * 365 if SECURE else 0
# A team's other subdomains may have no https: they are included only where somebody says so.
SECURE_HSTS_INCLUDE_SUBDOMAINS = env_flag("SECURE_HSTS_INCLUDE_SUBDOMAINS")
SECURE_HSTS_PRELOAD = env_flag("SECURE_HSTS_PRELOAD")
SILENCED_SYSTEM_CHECKS = ["security.W005", "security.W021"]  # the two above are a choice
SECURE_REFERRER_POLICY = "same-origin"
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if env_flag("BEHIND_PROXY") else None
ALLAUTH_TRUSTED_PROXY_COUNT = 1 if env_flag("BEHIND_PROXY") else 0  # whose address is limited
X_FRAME_OPTIONS = "DENY"
METRICS_TOKEN = os.environ.get("METRICS_TOKEN", "")  # /metrics is there only with one
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_500_000

# What the hub may call ---------------------------------------------------------------------
# Exact origins that outbound HTTP may reach although they resolve to a private address.
HTTP_ALLOWED_ORIGINS = env_list("HTTP_ALLOWED_ORIGINS")
SANDBOX_ENABLED = env_flag("SANDBOX_ENABLED", DEMO)

# Words, times, files -----------------------------------------------------------------------
LANGUAGE_CODE = "en"
LANGUAGES = [("en", "English"), ("de", "Deutsch")]
# Of the pages and mails for people without an account. Those of the team are in LANGUAGE_CODE.
VISITOR_LANGUAGES = LANGUAGES
LOCALE_PATHS = [BASE_DIR / "community_hub" / "locale"]
USE_I18N = True
USE_TZ = True
TIME_ZONE = "UTC"
STATIC_URL = "/static/"
STATIC_ROOT = Path(os.environ.get("STATIC_ROOT", VAR_DIR / "static"))
STATICFILES_FINDERS = [
    "community_hub.lib.assets.JoinedFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or env_flag("HUB_TEST")
        else "community_hub.lib.assets.HashedModules"
    },
}
WHITENOISE_MAX_AGE = 60 * 60 if not DEBUG else 0

# Mail --------------------------------------------------------------------------------------
EMAIL_HOST = os.environ.get("EMAIL_HOST", "")
EMAIL_PORT = int(os.environ.get("EMAIL_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = env_flag("EMAIL_USE_TLS", EMAIL_PORT == 587)
EMAIL_TIMEOUT = 20
EMAIL_BACKEND = (
    "django.core.mail.backends.smtp.EmailBackend"
    if EMAIL_HOST
    else "django.core.mail.backends.filebased.EmailBackend"
)
EMAIL_FILE_PATH = VAR_DIR / "mail"  # without a mail server, letters are kept here to be read
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Community Hub <hub@localhost>")

# Tasks and their schedule ------------------------------------------------------------------
CELERY_BROKER_URL = broker(REDIS_URL)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
# What a large task leaves in a process goes with it; the next is forked within milliseconds.
CELERY_WORKER_MAX_TASKS_PER_CHILD = 200
CELERY_TASK_TIME_LIMIT = 300
CELERY_TASK_SOFT_TIME_LIMIT = 240
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    # Whoever clicks waits for the task to be queued. Without these it takes 6 s, although we ask
    # for no retry, where Redis is away; and for ever where it hangs.
    "max_retries": 1,
    "interval_start": 0,
    "socket_timeout": 5,
    "socket_connect_timeout": 3,
}
CELERY_TASK_ROUTES = {
    # A worker of its own: a reply never waits for what is read.
    "inbox.tasks.deliver": {"queue": "delivery"},
    # And another: what is slow to come from elsewhere delays neither.
    "inbox.tasks.fetch_picture": {"queue": "pictures"},
    "members.tasks.fetch_avatar": {"queue": "pictures"},
    # Of the rest, 0 goes first, 9 last.
    "inbox.tasks.pull_source": {"priority": 9},
    "inbox.tasks.refresh_conversation": {"priority": 9},
}
CELERY_TIMEZONE = "UTC"
CELERY_BEAT_SCHEDULE_FILENAME = str(VAR_DIR / "beat-schedule")

# The inbox's rules -------------------------------------------------------------------------
BACKFILL_HANDLED_AFTER_DAYS = int(os.environ.get("BACKFILL_HANDLED_AFTER_DAYS", "7"))
PICTURES_MB = int(os.environ.get("PICTURES_MB", "500"))  # on disk, of pictures from outside
UNDO_SEND_SECONDS = int(os.environ.get("UNDO_SEND_SECONDS", "10"))
INVITATIONS_A_MINUTE = int(os.environ.get("INVITATIONS_A_MINUTE", "60"))  # of all events

LOGGING = logs.django_logging(os.environ.get("LOG_LEVEL", "INFO"))
logs.configure_structlog()
