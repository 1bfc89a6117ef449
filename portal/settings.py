"""All settings, read from the environment. README.md has the table; a nonsense value stops the start.

Without DATABASE_URL, the file DATA_DIR/env that `make run` writes is read first, so that manage.py works in a
second terminal.
"""

from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import environ
from django.core.exceptions import ImproperlyConfigured

from portal import badge_keys, error_reports, logs, personal_data, policies, storages, ui_language
from portal.admin_look import UNFOLD  # noqa: F401  Unfold reads it here
from portal.schedule import BEAT_SCHEDULE

BASE_DIR = Path(__file__).resolve().parent.parent
env = environ.Env()

DATA_DIR = Path(env.str("DATA_DIR", default=str(BASE_DIR / "var"))).resolve()
if "DATABASE_URL" not in env.ENVIRON and (DATA_DIR / "env").is_file():
    env.read_env(DATA_DIR / "env")
if "DATABASE_URL" not in env.ENVIRON:
    raise ImproperlyConfigured(
        "No database: start `make run` (here or in another terminal) or set DATABASE_URL."
    )


def one_of(name: str, allowed: tuple[str, ...], default: str) -> str:
    """Read a setting that must be one of the allowed words."""
    value: str = env.str(name, default=default)
    if value not in allowed:
        raise ImproperlyConfigured(f"{name} is {value!r}; it must be one of: {', '.join(allowed)}.")
    return value


# --- Where and how it is served
SECRET_KEY: str = env.str("SECRET_KEY")
DEBUG: bool = env.bool("DEBUG", default=False)
BASE_URL: str = env.str("BASE_URL", default="http://127.0.0.1:8000").rstrip("/")
if urlsplit(BASE_URL).scheme not in ("http", "https") or not urlsplit(BASE_URL).hostname:
    raise ImproperlyConfigured(f"BASE_URL is {BASE_URL!r}; it must look like https://learn.example.org.")
HTTPS = BASE_URL.startswith("https://")
ALLOWED_HOSTS: list[str] = env.list("ALLOWED_HOSTS", default=[urlsplit(BASE_URL).hostname])
CSRF_TRUSTED_ORIGINS = [BASE_URL]
INDEXABLE: bool = env.bool("INDEXABLE", default=False)
EMBEDDED: frozenset[str] = frozenset(env.list("CROSSROADS_EMBEDDED", default=[]))
"""Which of database, broker, mail are the embedded ones; `make run` says so, never a person."""
LOCAL: bool = env.bool("CROSSROADS_LOCAL", default=False)
"""Only people at this machine reach it: neither HOST nor BASE_URL lets others in."""
DEMO: bool = env.bool("CROSSROADS_DEMO", default=False) and "database" in EMBEDDED
DEMO_ACCOUNTS = {
    role: (f"{role}@example.org", env.str(f"CROSSROADS_DEMO_{role.upper()}_PASSWORD", default=""))
    for role in ("learner", "editor", "admin")
}
"""The accounts of the demo: name -> (address, password), the passwords drawn once per DATA_DIR."""

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

# --- Rooms and libraries
INSTALLED_APPS = [
    "unfold.apps.BasicAppConfig",  # the admin site is ours: Unfold must not set its own
    "unfold.contrib.filters",
    "accounts.admin_app.CrossroadsAdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "csp",
    "django_htmx",
    "template_partials",
    "mailing",
    "accounts",
    "courses",
    "careers",
    "learning",
    "portal",
]

MIDDLEWARE = [
    "portal.middleware.ObservedMiddleware",
    "portal.middleware.ContentPolicyMiddleware",  # above WhiteNoise: static files carry the policy too
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",  # pads at random: lengths tell nothing of secrets (BREACH)
    "portal.middleware.PrivateAnswersMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "portal.middleware.Utf8FormsMiddleware",  # above CSRF, which reads the form first
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "accounts.middleware.LearnerMiddleware",
    "accounts.middleware.TimeZoneMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.middleware.HtmxAnswersMiddleware",
    "portal.middleware.FormsOnlyMiddleware",
    "portal.middleware.CountVisitsMiddleware",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "builtins": [
                "django.templatetags.i18n",
                "template_partials.templatetags.partials",
                "django.templatetags.static",
                "portal.templatetags.frame",
                "portal.templatetags.kept",
                "portal.templatetags.translated",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "portal.context.site",
            ],
        },
    }
]
FORM_RENDERER = "portal.form_renderer.FormRenderer"

# --- PostgreSQL
DATABASES = {"default": env.db("DATABASE_URL", engine="django.db.backends.postgresql")}
DATABASES["default"]["CONN_HEALTH_CHECKS"] = True
DATABASES["default"].setdefault("OPTIONS", {})
DATABASES["default"]["OPTIONS"]["connect_timeout"] = 5
if env.bool("CROSSROADS_WEB", default=False):
    # Only the web server keeps a pool; Celery and commands open and close plain connections.
    DATABASES["default"]["OPTIONS"]["pool"] = {"min_size": 1, "max_size": 4, "timeout": 5}
if not DATABASES["default"].get("DISABLE_SERVER_SIDE_CURSORS"):
    # Of what accounts.prepared reads. A pooler that lends connections per transaction would keep nothing.
    DATABASES["default"]["OPTIONS"]["prepare_threshold"] = 0
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# Rate limits and such live in PostgreSQL too, unless CACHE_URL names a shared cache: losing the broker must
# not lose a page. What never changes (rendered versions) is kept in each process, and so is, for ten minutes,
# what stands under all that it depends on.
CACHES = {
    "default": (
        env.cache("CACHE_URL")
        if "CACHE_URL" in env.ENVIRON
        else {"BACKEND": "django.core.cache.backends.db.DatabaseCache", "LOCATION": "cache_entries"}
    ),
    "versions": {
        "BACKEND": "portal.kept_cache.KeptCache",
        "LOCATION": "versions",
        "TIMEOUT": None,
        "OPTIONS": {"MAX_ENTRIES": 5000},
    },
    "admin_pages": {  # lists and editors opened lately; 100 to 250 kB each
        "BACKEND": "portal.kept_cache.KeptCache",
        "LOCATION": "admin_pages",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 30},
    },
    "admin_frames": {  # what stands around them; about 40 kB each
        "BACKEND": "portal.kept_cache.KeptCache",
        "LOCATION": "admin_frames",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 50},
    },
    "admin_rows": {  # rows of lists; about 7 kB each
        "BACKEND": "portal.kept_cache.KeptCache",
        "LOCATION": "admin_rows",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 400},
    },
    "boards": {  # progress pages looked at lately; about 20 kB each
        "BACKEND": f"django.core.cache.backends.{'dummy.DummyCache' if DEBUG else 'locmem.LocMemCache'}",
        "LOCATION": "boards",
        "TIMEOUT": 600,
        "OPTIONS": {"MAX_ENTRIES": 200},
    },
}

# --- Celery
CELERY_BROKER_URL: str = env.str("BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_BEAT_SCHEDULE = BEAT_SCHEDULE
CELERY_TASK_DEFAULT_QUEUE = "mail"
CELERY_TASK_ROUTES = {
    "mailing.tasks.drain": {"queue": "mail"},
    "*": {"queue": "planning"},
}
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = False
CELERY_TASK_TIME_LIMIT = 120
CELERY_TASK_SOFT_TIME_LIMIT = 90
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_MAX_TASKS_PER_CHILD = 500
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "socket_timeout": 5,
    "socket_connect_timeout": 1,
    "visibility_timeout": 600,
    "health_check_interval": 10,
}
CELERY_TIMEZONE = "UTC"

# --- Mail
EMAIL_CONFIG = env.email("EMAIL_URL", default="smtp://127.0.0.1:1025")
vars().update(EMAIL_CONFIG)
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL: str = env.str("DEFAULT_FROM_EMAIL", default="Crossroads <crossroads@localhost>")
SERVER_EMAIL = DEFAULT_FROM_EMAIL
REMINDER_AMBIGUOUS = one_of("REMINDER_AMBIGUOUS", ("resend", "drop"), "resend")
MAIL_PROVIDER = one_of("MAIL_PROVIDER", ("", "brevo", "mailjet", "postmark"), "")
MAIL_WEBHOOK_SECRET: str = env.str("MAIL_WEBHOOK_SECRET", default="")
if MAIL_PROVIDER and ":" not in MAIL_WEBHOOK_SECRET:
    raise ImproperlyConfigured("MAIL_PROVIDER needs MAIL_WEBHOOK_SECRET, such as name:password.")
# With a key, mails are handed to the provider's API instead of EMAIL_URL's server.
MAIL_API_KEY: str = env.str("MAIL_API_KEY", default="")
MAIL_API_URL: str = env.str("MAIL_API_URL", default="")
if MAIL_API_KEY and not MAIL_PROVIDER:
    raise ImproperlyConfigured("MAIL_API_KEY needs MAIL_PROVIDER: whose key it is.")
if MAIL_API_KEY and MAIL_PROVIDER == "mailjet" and ":" not in MAIL_API_KEY:
    raise ImproperlyConfigured("MAIL_API_KEY for mailjet is key:secret, the two parts that Mailjet shows.")
# At most so many mails a minute, in all and to one recipient domain; 0: no limit.
MAIL_PER_MINUTE: int = env.int("MAIL_PER_MINUTE", default=0)
MAIL_PER_DOMAIN: int = env.int("MAIL_PER_DOMAIN", default=0)
MAIL_LEASE = timedelta(seconds=env.int("MAIL_LEASE_SECONDS", default=300))

# The lists through which a lower room calls a higher one; nothing else does.
MAIL_KINDS = {
    # kind: what knows whether the mail is still wanted and how it reads
    "account": "accounts.mails.AccountMail",
    "certificate": "learning.certificate_mail.CertificateMail",
    "inactivity": "accounts.privacy.retention.InactivityMail",
    "editors": "learning.reminders.editors.EditorsMail",
    "invitation": "accounts.invitations.InvitationMail",
    "reminder": "learning.reminders.kinds.ReminderMail",
    "report": "learning.report_mail.ReportMail",
    "reminder_test": "learning.reminders.examples.TestMail",
    "reminder_sample": "learning.reminders.sample.SampleMail",
}
MAIL_EXAMPLES = [
    # every mail as it reads, for staff who look: tuples of mailing.kinds.Example
    "learning.reminders.examples.EXAMPLES",
    "learning.certificate_mail.EXAMPLES",
    "learning.report_mail.EXAMPLES",
    "accounts.invitations.EXAMPLES",
    "accounts.mails.EXAMPLES",
    "accounts.privacy.retention.EXAMPLES",
    "learning.reminders.editors.EXAMPLES",
    "courses.scheduling.EXAMPLES",
]
GUEST_HEIRS = [
    # functions (guest, user, now) that move what a guest did to the account, each by one stated rule
    "careers.inheritance.inherit",
    "learning.enrollment.inherit",
]
PRIVACY_SOURCES = [
    # functions (user) that say in words what a room keeps about a person, as sections of their download
    "accounts.privacy.sections.own",
    "learning.own_data.sections",
    "careers.own_data.sections",
]
PERSONAL_DATA = personal_data.RULES
"""What becomes of each table that reaches a person."""
GROUPS = {
    # what accounts asks of the room that keeps groups of people (accounts.groups says with what)
    "choices": "learning.cohorts.choices",
    "join": "learning.cohorts.join",
    "follow_claim": "learning.cohorts.follow_claim",
    "told": "learning.cohorts.told",
}
PUBLISH_IMPACTS = [
    # functions (steps) that count what publishing would do to learners, and change nothing
    "learning.impact.of",
]

# --- People
AUTH_USER_MODEL = "accounts.User"
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # addresses are unique by a constraint on Lower("email")
    "security.W021",  # to be on browsers' HSTS preload list is the domain owner's decision, hard to undo
]
SIGNUP = one_of("SIGNUP", ("open", "domains", "invite", "sso"), "open")
SIGNUP_DOMAINS: list[str] = env.list("SIGNUP_DOMAINS", default=[])
if SIGNUP == "domains" and not SIGNUP_DOMAINS:
    raise ImproperlyConfigured("SIGNUP=domains needs SIGNUP_DOMAINS, for example SIGNUP_DOMAINS=example.org.")
MIN_AGE: int = env.int("MIN_AGE", default=16)
AUTHENTICATION_BACKENDS = [
    "accounts.backends.PasswordBackend",
    "accounts.backends.CodeBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in ("UserAttributeSimilarityValidator", "MinimumLengthValidator", "CommonPasswordValidator")
]
MESSAGE_STORAGE = "django.contrib.messages.storage.session.SessionStorage"  # no cookie of its own
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "portal:dashboard"
LOGOUT_REDIRECT_URL = "portal:home"

ACCOUNT_ADAPTER = "accounts.adapter.AccountAdapter"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*"]
ACCOUNT_FORMS = {
    "signup": "accounts.forms.SignupForm",
    "login": "accounts.forms.LoginForm",
    "request_login_code": "accounts.forms.RequestLoginCodeForm",
    "confirm_login_code": "accounts.forms.ConfirmLoginCodeForm",
    "confirm_email_verification_code": "accounts.forms.ConfirmEmailForm",
    "add_email": "accounts.forms.AddEmailForm",
    "change_password": "accounts.forms.ChangePasswordForm",
    "set_password": "accounts.forms.SetPasswordForm",
    "reauthenticate": "accounts.forms.ReauthenticateByPasswordForm",
    "reset_password": "accounts.forms.ResetPasswordForm",
    "reset_password_from_key": "accounts.forms.ResetPasswordKeyForm",
    "confirm_password_reset_code": "accounts.forms.ConfirmPasswordResetForm",
}
ACCOUNT_EMAIL_VERIFICATION = "mandatory"
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_ENABLED = True
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_EMAIL_VERIFICATION_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_EMAIL_VERIFICATION_SUPPORTS_RESEND = True
ACCOUNT_LOGIN_BY_CODE_ENABLED = True
ACCOUNT_LOGIN_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_LOGIN_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_BY_CODE_SUPPORTS_RESEND = 5
ACCOUNT_PASSWORD_RESET_BY_CODE_ENABLED = True
ACCOUNT_PASSWORD_RESET_BY_CODE_TIMEOUT = 15 * 60
ACCOUNT_PASSWORD_RESET_BY_CODE_MAX_ATTEMPTS = 5
ACCOUNT_LOGIN_ON_PASSWORD_RESET = True
ACCOUNT_CHANGE_EMAIL = True
ACCOUNT_SESSION_REMEMBER = True
ACCOUNT_PREVENT_ENUMERATION = True
ACCOUNT_REAUTHENTICATION_REQUIRED = True
ACCOUNT_REAUTHENTICATION_TIMEOUT = 5 * 60
ACCOUNT_EMAIL_NOTIFICATIONS = True
ALLAUTH_USER_CODE_FORMAT = {"numeric": True, "length": 6, "dashed": False}
# How many proxies of the operator's own stand in front: limits count the address that the last of them saw.
ALLAUTH_TRUSTED_PROXY_COUNT = env.int("PROXIES", default=0)
# Generous for each network address, since a school shares one; strict for each mail address.
ACCOUNT_RATE_LIMITS = {
    "signup": "120/m/ip",
    "login": "240/m/ip",
    "login_failed": "60/m/ip,5/300s/key",
    "request_login_code": "120/m/ip,1/10s/key,6/h/key",
    "confirm_email": "1/10s/key,6/h/key",
    "reset_password": "120/m/ip",
    "reset_password_from_key": "120/m/ip",
    "report": "60/h/ip",  # “Something wrong here?”; each person has a limit of their own, too
}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]
MFA_ADAPTER = "accounts.adapter.MFAAdapter"
MFA_TOTP_TOLERANCE = 1  # half a minute either way: clocks of phones differ
MFA_FORMS = {
    "authenticate": "accounts.forms.AuthenticateForm",
    "reauthenticate": "accounts.forms.ReauthenticateForm",
    "activate_totp": "accounts.forms.ActivateTOTPForm",
}

# --- The organisation's own log-in (OpenID Connect)
OIDC_SERVER_URL: str = env.str("OIDC_SERVER_URL", default="").rstrip("/")
OIDC_CLIENT_ID: str = env.str("OIDC_CLIENT_ID", default="")
OIDC_CLIENT_SECRET: str = env.str("OIDC_CLIENT_SECRET", default="")
OIDC_NAME: str = env.str("OIDC_NAME", default="your organisation")
OIDC_EMAIL_TRUSTED: bool = env.bool("OIDC_EMAIL_TRUSTED", default=False)
OIDC_COHORT_CLAIM: str = env.str("OIDC_COHORT_CLAIM", default="")
OIDC_ROLE_CLAIM: str = env.str("OIDC_ROLE_CLAIM", default="")
try:
    OIDC_ROLES: dict[str, str] = dict(env.json("OIDC_ROLES", default={}))
except (TypeError, ValueError):
    raise ImproperlyConfigured('OIDC_ROLES must look like {"their-value": "editor"}.') from None
if OIDC_SERVER_URL and not OIDC_CLIENT_ID:
    raise ImproperlyConfigured("OIDC_SERVER_URL needs OIDC_CLIENT_ID: what that log-in knows us as.")
if SIGNUP == "sso" and not OIDC_SERVER_URL:
    raise ImproperlyConfigured("SIGNUP=sso needs OIDC_SERVER_URL: the log-in that accounts come from.")
SOCIALACCOUNT_ADAPTER = "accounts.social.OrganisationAdapter"
SOCIALACCOUNT_FORMS = {"signup": "accounts.social.OrganisationSignupForm"}
SOCIALACCOUNT_AUTO_SIGNUP = False  # terms and age are asked for
SOCIALACCOUNT_EMAIL_AUTHENTICATION = True  # an address that the organisation has proven opens its account
SOCIALACCOUNT_EMAIL_AUTHENTICATION_AUTO_CONNECT = True
SOCIALACCOUNT_PROVIDERS = {
    "openid_connect": {
        "OAUTH_PKCE_ENABLED": True,
        "APPS": [
            {
                "provider_id": "organisation",
                "name": OIDC_NAME,
                "client_id": OIDC_CLIENT_ID,
                "secret": OIDC_CLIENT_SECRET,
                "settings": {"server_url": OIDC_SERVER_URL, "verified_email": OIDC_EMAIL_TRUSTED},
            }
        ]
        if OIDC_SERVER_URL
        else [],
    }
}

# --- Badges
try:
    _badge_keys = badge_keys.read([key for key in env.list("BADGE_KEYS", default=[]) if key])
except ValueError as problem:
    raise ImproperlyConfigured(f"{problem}.") from None
BADGE_KEY: bytes | None = _badge_keys.private
"""What signs badges, as PEM; None where BADGE_KEYS is empty: certificates then have no badge."""
BADGE_PUBLIC_KEYS: tuple[bytes, ...] = _badge_keys.public
"""What badges may be signed with, as PEM, the key of today first."""

# --- Static files
STATIC_URL = "/static/"
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_KEEP_ONLY_HASHED_FILES = True  # nobody asks for the others; compressing them takes seconds
STATICFILES_DIRS = [BASE_DIR / "static"]
STATICFILES_FINDERS = [
    "django.contrib.staticfiles.finders.FileSystemFinder",
    "django.contrib.staticfiles.finders.AppDirectoriesFinder",
    "portal.static_bundles.BundleFinder",  # joins static/css and static/js into one file each
]
STORAGE_URL: str = env.str("STORAGE_URL", default="")
try:
    STORAGES = storages.read(STORAGE_URL, data_dir=DATA_DIR)
except ValueError as problem:
    raise ImproperlyConfigured(str(problem)) from None
STORAGES["staticfiles"] = {"BACKEND": "portal.static_names.StaticNames"}
MEDIA_ROOT = DATA_DIR / "media"  # what editors upload, where no bucket is named

# --- Security
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
SESSION_ENGINE = "accounts.sessions"
SESSION_COOKIE_NAME = "session"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_AGE = 60 * 60 * 24 * 60
CSRF_COOKIE_SAMESITE = "Lax"
if HTTPS:
    SECURE_SSL_REDIRECT = True
    SECURE_REDIRECT_EXEMPT = [r"^healthz/", r"^metrics$"]  # asked by machines inside, without TLS
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    SECURE_HSTS_SECONDS = 365 * 24 * 3600
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrftoken"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True

CONTENT_SECURITY_POLICY = {"DIRECTIVES": policies.page(OIDC_SERVER_URL)}
ADMIN_POLICY: dict[str, list[str]] = policies.ADMIN
MAIL_POLICY: dict[str, list[str]] = policies.MAIL
FILE_POLICY: dict[str, list[str]] = policies.FILE
PREVIEW_POLICY: dict[str, list[str]] = policies.PREVIEW

# --- Language, time, logs
LOCALE_PATHS = [BASE_DIR / "locale"]
try:
    LANGUAGE_CODE = ui_language.read(env.str("UI_LANGUAGE", default="en-gb"), folder=LOCALE_PATHS[0])
except ValueError as problem:
    raise ImproperlyConfigured(str(problem)) from None
CONTENT_LANGUAGE: str = env.str("CONTENT_LANGUAGE", default="en")
"""Of what editors write that belongs to no course: glossary, drill, fit check. Courses say theirs."""
USE_I18N = True
FORMAT_MODULE_PATH = ["portal.formats"]
USE_TZ = True
TIME_ZONE = "UTC"
LOG_FORMAT = one_of("LOG_FORMAT", logs.FORMATS, "text")
LOGGING = logs.config(LOG_FORMAT)
METRICS_TOKEN: str = env.str("METRICS_TOKEN", default="")
SENTRY_DSN: str = env.str("SENTRY_DSN", default="")
if SENTRY_DSN:
    try:
        error_reports.start(SENTRY_DSN)
    except ValueError as problem:
        raise ImproperlyConfigured(str(problem)) from None
