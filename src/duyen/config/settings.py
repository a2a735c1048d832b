"""Django's settings: what is the same for every installation, and where the rest is read from.

Everything an operator may change comes from the environment or the data folder, never from this file.
"""

from __future__ import annotations

import os
from pathlib import Path

from duyen.config.discovery import guide_dirs, module_apps, template_dirs
from duyen.config.locales import locale_paths
from duyen.foundation.database.connection import database_settings
from duyen.foundation.database.secrets import secret_key

PACKAGE = Path(__file__).resolve().parent.parent
BUILD_DIR = PACKAGE.parent.parent / "build"

DEBUG = os.environ.get("DUYEN_DEBUG") == "1"
SECRET_KEY = secret_key()
ALLOWED_HOSTS = ["*"]  # the operator's proxy decides; links in mails use the configured address, never Host

INSTALLED_APPS = [
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.messages",
    "django.contrib.postgres",
    "django.contrib.staticfiles",
    "django_htmx",
    "procrastinate.contrib.django",
    "duyen.foundation.database",
    "duyen.foundation.org",
    "duyen.foundation.audit",
    "duyen.foundation.access",
    "duyen.foundation.settings",
    "duyen.foundation.shares",
    "duyen.foundation.notices",
    "duyen.foundation.fields",
    "duyen.foundation.watching",
    "duyen.foundation.files",
    "duyen.foundation.jobs",
    "duyen.foundation.health",
    "duyen.foundation.choices",
    "duyen.foundation.troubles",
    "duyen.foundation.webhooks",
    "duyen.foundation.layouts",
    "duyen.entities",
    "duyen.surfaces.web",
    "duyen.surfaces.api",
    *module_apps(),
    "duyen.config",
]

MIDDLEWARE = [
    "duyen.surfaces.web.headers.SecurityHeaders",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "duyen.surfaces.web.device.sending.SentByScript",
    "duyen.surfaces.web.middleware.ActorMiddleware",
    "duyen.surfaces.web.looking.LookingMiddleware",
]

ROOT_URLCONF = "duyen.config.urls"
WSGI_APPLICATION = "duyen.config.wsgi.application"
APPEND_SLASH = False

#: Where the guides to the pages stand.
GUIDE_DIRS = guide_dirs()
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.jinja2.Jinja2",
        "DIRS": template_dirs(),
        "APP_DIRS": False,
        "OPTIONS": {
            "environment": "duyen.surfaces.web.jinja.environment",
            "context_processors": ["duyen.surfaces.web.context.page"],
        },
    },
]

DATABASES = {"default": database_settings()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

AUTH_USER_MODEL = "org.User"
AUTHENTICATION_BACKENDS = ["duyen.foundation.org.backend.EmailBackend"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.Argon2PasswordHasher"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator", "OPTIONS": {"min_length": 10}},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "/login"
LOGIN_REDIRECT_URL = "/"

SESSION_ENGINE = "duyen.foundation.org.sessions"
SESSION_COOKIE_NAME = "duyen_session"
SESSION_COOKIE_AGE = 30 * 24 * 3600
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "duyen.surfaces.web.errors.csrf_failure"
HTTPS = os.environ.get("DUYEN_HTTPS") == "1"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if HTTPS else None

USE_I18N = True
USE_TZ = True
TIME_ZONE = "Asia/Ho_Chi_Minh"
LANGUAGE_CODE = "vi"
LANGUAGES = [("vi", "Tiếng Việt"), ("en", "English")]
LOCALE_PATHS = locale_paths()
FORMAT_MODULE_PATH = ["duyen.surfaces.web.formats"]

STATIC_URL = "/static/"
STATIC_ROOT = BUILD_DIR / "served"
STATICFILES_DIRS = [BUILD_DIR / "assets"]
# The assets are built at the first start; until then pages do without icons and font.
SILENCED_SYSTEM_CHECKS = ["staticfiles.W004"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "duyen.surfaces.web.storage.HashedFiles"},
}
WHITENOISE_USE_FINDERS = DEBUG

EMAIL_BACKEND = "duyen.foundation.health.mail.NotingBackend"
EMAIL_HOST = os.environ.get("DUYEN_SMTP_HOST", "")
EMAIL_PORT = int(os.environ.get("DUYEN_SMTP_PORT", "587"))
EMAIL_HOST_USER = os.environ.get("DUYEN_SMTP_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("DUYEN_SMTP_PASSWORD", "")
EMAIL_USE_TLS = os.environ.get("DUYEN_SMTP_TLS", "1") == "1"
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DUYEN_MAIL_FROM", "duyen@localhost")

DATA_UPLOAD_MAX_MEMORY_SIZE = 5 * 1024 * 1024
FILE_UPLOAD_HANDLERS = [
    "duyen.surfaces.web.uploads.StopAtTheLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]

#: Faults go to the log of the process. Refusals are no faults, and their addresses may hold a password link.
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"}},
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        "django.request": {"handlers": ["stderr"], "level": "ERROR"},
        "duyen": {"handlers": ["stderr"], "level": "WARNING"},
    },
}
