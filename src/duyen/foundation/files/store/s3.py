"""Contents in a bucket that speaks S3: that of a cloud, or of a server of one's own.

The address stands in the environment, the two keys there too or in the secrets folder; never in a setting of
the database, whose copies and pages go further than a secret may.
"""

from __future__ import annotations

import os
import secrets as random
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path
from urllib.parse import urlsplit

from minio import Minio
from minio.error import MinioException, S3Error
from urllib3 import BaseHTTPResponse, PoolManager, Retry, Timeout
from urllib3.exceptions import HTTPError

from duyen.foundation.database.paths import DataFolder, write_private
from duyen.foundation.files.store.declared import Held, Missing, Unreachable

ENDPOINT, BUCKET, REGION = "DUYEN_S3_ENDPOINT", "DUYEN_S3_BUCKET", "DUYEN_S3_REGION"
ACCESS_KEY, SECRET_KEY = "DUYEN_S3_ACCESS_KEY", "DUYEN_S3_SECRET_KEY"
_PART = 256 * 1024
_GONE = ("NoSuchKey", "NoSuchObject")
_FAILURES = (MinioException, HTTPError, OSError, ValueError)


class S3Store:
    """Keeps each content as one object. Keys begin with the name of the installation that made them.

    Another installation may share the bucket, a restored copy of this one too: what one does not know, it
    must not sweep away from the other, so `held` gives its own alone.
    """

    def __init__(self, client: Minio, bucket: str, origin: str) -> None:
        self._client, self._bucket, self._origin = client, bucket, origin

    @classmethod
    def from_environment(
        cls, environ: Mapping[str, str] = os.environ, folder: DataFolder | None = None
    ) -> S3Store:
        """Connect as the environment says. Raises Unreachable when something is missing."""
        folder = folder or DataFolder.locate()
        endpoint = urlsplit(environ.get(ENDPOINT) or "https://s3.amazonaws.com")
        bucket = environ.get(BUCKET, "")
        access, secret = _secret(environ, folder, ACCESS_KEY), _secret(environ, folder, SECRET_KEY)
        if not bucket or not access or not secret or endpoint.scheme not in ("http", "https"):
            raise Unreachable
        try:
            client = Minio(
                endpoint.netloc,
                access_key=access,
                secret_key=secret,
                region=environ.get(REGION) or "us-east-1",
                secure=endpoint.scheme == "https",
                http_client=PoolManager(
                    timeout=Timeout(connect=5, read=60), maxsize=8, retries=Retry(2, backoff_factor=0.2)
                ),
            )
        except _FAILURES as error:
            raise Unreachable from error
        return cls(client, bucket, origin_of(folder))

    def keep(self, key: str, source: Path) -> None:
        try:
            self._client.fput_object(self._bucket, key, str(source))
        except _FAILURES as error:
            raise Unreachable from error

    def read(self, key: str, *, start: int = 0, length: int | None = None) -> Iterator[bytes]:
        return _Parts(self._found(key, start, length))

    def forget(self, key: str) -> None:
        try:
            self._client.remove_object(self._bucket, key)
        except _FAILURES as error:
            raise Unreachable from error

    def is_own(self, key: str) -> bool:
        return key.startswith(f"{self._origin}/")

    def held(self) -> Iterator[Held]:
        prefix = f"{self._origin}/"
        try:
            for each in self._client.list_objects(self._bucket, prefix=prefix, recursive=True):
                if each.object_name and each.last_modified:
                    yield Held(each.object_name, each.size or 0, each.last_modified)
        except _FAILURES as error:
            raise Unreachable from error

    def _found(self, key: str, start: int, length: int | None) -> BaseHTTPResponse:
        try:
            return self._client.get_object(self._bucket, key, offset=start, length=length or 0)
        except S3Error as error:
            if error.code in _GONE:
                raise Missing from error
            raise Unreachable from error
        except _FAILURES as error:
            raise Unreachable from error


class _Parts(Iterator[bytes]):
    """An answer of the bucket in parts; closed by whoever gives it out, also where nobody read it."""

    def __init__(self, answer: BaseHTTPResponse) -> None:
        self._answer = answer
        self._parts = answer.stream(_PART)

    def __next__(self) -> bytes:
        try:
            return next(self._parts)
        except StopIteration:
            self.close()
            raise
        except _FAILURES as error:
            self.close()
            raise Unreachable from error

    def close(self) -> None:
        """Give the connection back."""
        self._answer.close()
        self._answer.release_conn()


def origin_of(folder: DataFolder) -> str:
    """Give the name of this installation in a bucket. It is in no backup: a restored copy gets its own."""
    place = folder.root / "origin"
    with suppress(FileNotFoundError):
        return place.read_text(encoding="utf-8").strip()
    write_private(place, random.token_hex(8) + "\n")
    return place.read_text(encoding="utf-8").strip()


def _secret(environ: Mapping[str, str], folder: DataFolder, name: str) -> str:
    """Read a secret from the environment, or from secrets/s3_access_key and secrets/s3_secret_key."""
    given = environ.get(name, "")
    if given:
        return given
    with suppress(FileNotFoundError):
        return (folder.secrets / name.removeprefix("DUYEN_").lower()).read_text(encoding="utf-8").strip()
    return ""
