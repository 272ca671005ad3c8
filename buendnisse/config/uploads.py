"""Settings of uploads: how large, how many, scanned by whom, and where they are kept."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured

from buendnisse.config.environment import Environment

_env = Environment()

# What an application may bring along.
ATTACHMENT_MAX_BYTES = 1024**2 * _env.integer(
    "ATTACHMENT_MAX_MB", minimum=1, maximum=100, default=10
)
ATTACHMENT_MAX_COUNT = _env.integer("ATTACHMENT_MAX_COUNT", minimum=1, maximum=50, default=10)
# How many files one account may upload in an hour, whatever becomes of them.
ATTACHMENT_UPLOADS_PER_HOUR = _env.integer(
    "ATTACHMENT_UPLOADS_PER_HOUR", minimum=10, maximum=100_000, default=100
)
# clamd, "unix:///path" or "tcp://host:port"; nothing is scanned without it.
CLAMD = _env.socket("CLAMD")

FILE_UPLOAD_PERMISSIONS = 0o640
FILE_UPLOAD_DIRECTORY_PERMISSIONS = 0o750
# A form without its files; and one with all the files that there may be.
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440
DATA_UPLOAD_MAX_NUMBER_FILES = 2 * ATTACHMENT_MAX_COUNT
REQUEST_MAX_BYTES = ATTACHMENT_MAX_BYTES * ATTACHMENT_MAX_COUNT + DATA_UPLOAD_MAX_MEMORY_SIZE


def upload_storage(env: Environment) -> dict[str, Any]:
    """Django's settings for the storage of uploads: MEDIA_ROOT, unless S3_BUCKET names a bucket.

    Nothing in the bucket is public, and no address to it is ever given out: files go through the
    application, which knows who may have them.
    """
    bucket = env.text("S3_BUCKET", default="")
    key, secret = env.text("S3_ACCESS_KEY", default=""), env.text("S3_SECRET_KEY", default="")
    endpoint = env.origin("S3_ENDPOINT", default="")
    region = env.text("S3_REGION", default="")
    if not bucket:
        if key or secret or endpoint or region:
            raise ImproperlyConfigured("S3_BUCKET must be set where other S3_ variables are.")
        return {"BACKEND": "django.core.files.storage.FileSystemStorage"}
    if bool(key) != bool(secret):
        raise ImproperlyConfigured("S3_ACCESS_KEY and S3_SECRET_KEY must be set together.")
    return {
        "BACKEND": "storages.backends.s3.S3Storage",
        "OPTIONS": {
            "bucket_name": bucket,
            # Without keys, those of the machine's own role are taken.
            "access_key": key or None,
            "secret_key": secret or None,
            "endpoint_url": endpoint or None,
            "region_name": region or None,
            "default_acl": None,
            "file_overwrite": False,
            "querystring_auth": True,
            "signature_version": "s3v4",
        },
    }
