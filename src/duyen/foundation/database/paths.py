"""The data folder: what an installation keeps on disk, where, and with which rights."""

from __future__ import annotations

import json
import os
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from duyen.foundation.database.errors import DataFolderUnusable

CHECKOUT = Path(__file__).resolve().parents[4]
POINTER_NAME = "moved-to"
PRIVATE_FOLDER = 0o700
PRIVATE_FILE = 0o600
SECRET_NAMES = ("secret_key", "hmac_key", "postgres_password", "owner_password", "app_password", "setup_code")


@dataclass(frozen=True)
class Installation:
    """What `installation.json` remembers: versions, whose data this is, and how the database is reached.

    `kind` is "empty", "demo" or "company"; `prepared` names the checkout whose tables and assets are ready.
    """

    product_version: str = ""
    postgres_major: int = 0
    kind: str = "empty"
    single_role: bool = False
    prepared: str = ""


@dataclass(frozen=True)
class DataFolder:
    """One installation's folder. `root` is where the files are; `asked` is the path that was given."""

    root: Path
    asked: Path

    @classmethod
    def locate(cls, path: str | Path | None = None, environ: Mapping[str, str] = os.environ) -> DataFolder:
        """Find the folder by the given path, then `DUYEN_DATA`, then `var/`, and follow its pointer."""
        asked = Path(path or environ.get("DUYEN_DATA") or CHECKOUT / "var").expanduser().absolute()
        try:
            target = (asked / POINTER_NAME).read_text(encoding="utf-8").strip()
        except FileNotFoundError:
            return cls(root=asked, asked=asked)
        except OSError as error:
            raise DataFolderUnusable(folder=asked, reason=error.strerror or error) from error
        return cls(root=Path(target), asked=asked)

    @property
    def pointer(self) -> Path:
        """The file that says where the files are when they are not in the folder that was asked for."""
        return self.asked / POINTER_NAME

    @property
    def cluster(self) -> Path:
        return self.root / "pg"

    @property
    def secrets(self) -> Path:
        return self.root / "secrets"

    @property
    def backups(self) -> Path:
        return self.root / "backups"

    @property
    def files(self) -> Path:
        return self.root / "files"

    @property
    def logs(self) -> Path:
        return self.root / "logs"

    @property
    def imports(self) -> Path:
        return self.root / "imports"

    @property
    def socket_note(self) -> Path:
        """The file that says in which folder the running server's socket is."""
        return self.root / "socket"

    @property
    def installation_file(self) -> Path:
        return self.root / "installation.json"

    def prepare(self) -> None:
        """Make the folders and the secrets that are missing; keep what is there."""
        try:
            for folder in (self.root, self.secrets, self.backups, self.files, self.logs, self.imports):
                folder.mkdir(mode=PRIVATE_FOLDER, parents=True, exist_ok=True)
            for name in SECRET_NAMES:
                if not (self.secrets / name).exists():
                    self.write_secret(name, secrets.token_urlsafe(9 if name == "setup_code" else 48))
        except OSError as error:
            raise DataFolderUnusable(folder=self.root, reason=error.strerror or error) from error

    def secret(self, name: str) -> str:
        """Read one secret; raises DataFolderUnusable when it is missing or may not be read."""
        try:
            return (self.secrets / name).read_text(encoding="utf-8").strip()
        except OSError as error:
            reason = f"secrets/{name}: {error.strerror}"
            raise DataFolderUnusable(folder=self.root, reason=reason) from error

    def write_secret(self, name: str, value: str) -> None:
        """Write one secret with mode 600, whole or not at all."""
        write_private(self.secrets / name, value + "\n")

    def demo_password(self) -> str:
        """Read the password of the demo's people, made at random the first time."""
        if not (self.secrets / "demo_password").exists():
            self.write_secret("demo_password", secrets.token_urlsafe(9))
        return self.secret("demo_password")

    def installation(self) -> Installation:
        try:
            found = json.loads(self.installation_file.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return Installation()
        except (OSError, ValueError) as error:
            raise DataFolderUnusable(folder=self.root, reason=f"installation.json: {error}") from error
        known = Installation.__dataclass_fields__
        return Installation(**{name: value for name, value in found.items() if name in known})

    def remember(self, installation: Installation) -> None:
        """Write `installation.json` whole or not at all."""
        text = json.dumps(installation.__dict__, indent=2, ensure_ascii=False)
        write_private(self.installation_file, text + "\n")


def write_private(path: Path, text: str) -> None:
    """Write a file of mode 600 beside its place and rename it, so that a reader never sees half of it."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE_FILE)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    beside.replace(path)
