"""Keys on disk, outside the database and its backups: Django's secret, the journal's signing key, that of badges, field
encryption."""

import os
import secrets
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings

BADGES, FORMER_BADGES = "badges.pem", "badges.former"


class KeyMissing(RuntimeError):
    """A key file is absent; `counterpoint keys create` makes the set."""


def create(directory: Path | None = None) -> list[str]:
    """Make every missing key, mode 0600; returns the names made. Never replaces one."""
    home = Path(directory or settings.KEYS)
    home.mkdir(parents=True, exist_ok=True, mode=0o700)
    made = []
    fresh = {
        "django": secrets.token_urlsafe(64).encode(), "fields": Fernet.generate_key(), "journal.pem": _signing(),
        BADGES: _signing(),
    }  # fmt: skip
    for name, value in fresh.items():
        path = home / name
        if not path.exists():
            _write(path, value)
            made.append(name)
    return made


def _signing() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )


def _write(path: Path, value: bytes) -> None:
    """The whole key or none, on disk when it returns: what was sealed under a lost key cannot be read again."""
    draft = path.with_name(f"{path.name}.part")
    draft.unlink(missing_ok=True)
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(handle, "wb") as out:
        out.write(value)
        out.flush()
        os.fsync(out.fileno())
    draft.replace(path)


def _read(name: str) -> bytes:
    path = Path(settings.KEYS) / name
    if not path.is_file():
        raise KeyMissing(f"The key “{name}” is missing. Run `counterpoint keys create`.")
    return path.read_bytes()


def _fernet() -> MultiFernet:
    return MultiFernet([Fernet(line) for line in _read("fields").split()])


def encrypt(plain: str) -> str:
    """Encrypt a field under the newest key."""
    return _fernet().encrypt(plain.encode()).decode()


def decrypt(sealed: str) -> str:
    """Decrypt a field under any kept key; ValueError when none fits."""
    try:
        return _fernet().decrypt(sealed.encode()).decode()
    except InvalidToken as wrong:
        raise ValueError("No kept key opens this field.") from wrong


def rotate() -> None:
    """Put a new field key first; old ones stay to read what they sealed."""
    _write(Path(settings.KEYS) / "fields", Fernet.generate_key() + b"\n" + _read("fields"))


def signing_key() -> Ed25519PrivateKey:
    """The key that signs journal heads."""
    return _private("journal.pem")


def _private(name: str) -> Ed25519PrivateKey:
    key = serialization.load_pem_private_key(_read(name), None)
    if not isinstance(key, Ed25519PrivateKey):
        raise KeyMissing(f"{name} is not an Ed25519 key.")
    return key


def badge_key() -> Ed25519PrivateKey:
    """The key that signs badges and their status lists."""
    return _private(BADGES)


def badge_publics() -> list[Ed25519PublicKey]:
    """Public keys under which badges are good: the present one first, then former ones, newest first."""
    former = Path(settings.KEYS) / FORMER_BADGES
    lines = former.read_text().split() if former.is_file() else []
    return [badge_key().public_key(), *(Ed25519PublicKey.from_public_bytes(bytes.fromhex(one)) for one in lines)]


def rotate_badges() -> None:
    """Sign badges with a fresh key from now on; the public half of the old one stays, so that its badges stay good."""
    home = Path(settings.KEYS)
    known = [one.public_bytes_raw().hex() for one in badge_publics()]
    _write(home / FORMER_BADGES, "\n".join(known).encode())
    _write(home / BADGES, _signing())
