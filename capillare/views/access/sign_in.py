"""What an operator writes to put the planner behind a door: one TOML file and two secrets.

The file is ours, not Streamlit's ``secrets.toml``: it is read whole before anything listens, every
fault is named at once, and a key that nobody knows is an error, where Streamlit would pass over it
and find out at the first sign-in. `SignIn.streamlit_secrets` turns it into what ``st.login`` reads.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from capillare.geo.errors import ConfigError
from capillare.geo.fields import Checked, build, nearest
from capillare.views.access.claims import Access

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SIGN_IN = "CAPILLARE_SIGN_IN"
CLIENT_SECRET = "CAPILLARE_CLIENT_SECRET"  # noqa: S105 (the name of a setting, not a secret)
COOKIE_SECRET = "CAPILLARE_COOKIE_SECRET"  # noqa: S105 (the same)
CALLBACK_PATH = "/oauth2callback"
LEAST_COOKIE_SECRET_CHARACTERS = 32
MAX_FILE_BYTES = 64_000
LOOPBACK_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
_SECRETS = {"client_secret": CLIENT_SECRET, "cookie_secret": COOKIE_SECRET}


@dataclass(frozen=True)
class Provider(Checked):
    """Where people prove who they are.

    Attributes
    ----------
    server_metadata_url
        The provider's ``.well-known/openid-configuration``.
    client_id
        As the provider knows this planner.
    redirect_uri
        Where the provider sends people back: the planner's public address and `CALLBACK_PATH`.
    scope
        What the token is asked to carry.
    prompt
        What the provider asks for again; ``login`` or ``select_account`` make it ask each time.
    """

    WHERE = "sign-in [provider]"

    server_metadata_url: str
    client_id: str
    redirect_uri: str
    scope: str = "openid email profile"
    prompt: str = ""

    def contradictions(self) -> list[str]:
        """List what is wrong between fields that are fine by themselves."""
        faults = [
            f"{name}: neither https nor this computer's own address"
            for name in ("server_metadata_url", "redirect_uri")
            if not _is_safe(getattr(self, name))
        ]
        back = urlsplit(self.redirect_uri)
        if back.path != CALLBACK_PATH or back.query or back.fragment:
            faults.append(f"redirect_uri: it must end in {CALLBACK_PATH}, right after the host")
        if not self.client_id.strip():
            faults.append("client_id: empty")
        if "openid" not in self.scope.split():
            faults.append("scope: openid is not in it")
        return faults


@dataclass(frozen=True)
class SignIn:
    """Sign-in as an operator has configured it.

    Attributes
    ----------
    file
        Where it was read; a child process reads it again.
    provider, access
        Who proves who people are, and what that makes of them.
    client_secret, cookie_secret
        Of the provider's client, and that which signs our cookies. Neither is ever printed.
    """

    file: Path
    provider: Provider
    access: Access
    client_secret: str = field(repr=False)
    cookie_secret: str = field(repr=False)

    @property
    def origin(self) -> str:
        """The planner's public address, without a path."""
        back = urlsplit(self.provider.redirect_uri)
        return f"{back.scheme}://{back.netloc}"

    @property
    def host(self) -> str:
        """The planner's public host."""
        return urlsplit(self.provider.redirect_uri).hostname or ""

    @property
    def is_https(self) -> bool:
        """Whether people reach the planner over HTTPS."""
        return self.origin.startswith("https://")

    def streamlit_secrets(self) -> dict[str, Any]:
        """Return what ``st.App(secrets=…)`` needs for ``st.login`` to work."""
        provider = self.provider
        asked = {"scope": provider.scope, "prompt": provider.prompt}
        return {
            "auth": {
                "redirect_uri": provider.redirect_uri,
                "cookie_secret": self.cookie_secret,
                "client_id": provider.client_id,
                "client_secret": self.client_secret,
                "server_metadata_url": provider.server_metadata_url,
                # An empty prompt is said too, or Streamlit would write one of its own.
                "client_kwargs": asked,
            }
        }


def read_sign_in(path: Path, environ: Mapping[str, str]) -> SignIn:
    """Read what an operator has configured.

    Parameters
    ----------
    path
        TOML file with the tables ``[provider]`` and ``[access]``.
    environ
        `CLIENT_SECRET` and `COOKIE_SECRET` win over the file's.

    Raises
    ------
    ConfigError
        If the file cannot be read, a key is unknown or missing, a setting is wrong, or a secret is
        missing or too short. No message holds a secret.
    """
    where = f"sign-in {path.name}"
    tables = _read_tables(path, where)
    unknown = sorted(set(tables) - {"provider", "access"})
    if unknown:
        raise ConfigError(
            f"{where}: unknown table {unknown[0]!r}.{nearest(unknown[0], ['provider', 'access'])}"
        )
    entries = tables.get("provider", {})
    if not isinstance(entries, dict):
        raise ConfigError(f"{where}: [provider] is not a table. Write one.")
    kept = {name: entry for name, entry in entries.items() if name not in _SECRETS}
    secrets = {
        name: environ.get(variable) or entries.get(name) for name, variable in _SECRETS.items()
    }
    provider = build(Provider, kept, where=f"{where} [provider]")
    access = build(Access, tables.get("access", {}), where=f"{where} [access]")
    faults = [
        f"{name}: missing; set {_SECRETS[name]} or write it in the file"
        for name, secret in secrets.items()
        if not isinstance(secret, str) or not secret.strip()
    ]
    cookie = secrets["cookie_secret"]
    if isinstance(cookie, str) and 0 < len(cookie) < LEAST_COOKIE_SECRET_CHARACTERS:
        faults.append(f"cookie_secret: under {LEAST_COOKIE_SECRET_CHARACTERS} characters")
    if faults:
        raise ConfigError(
            f"{where}: {'; '.join(faults)}. Make one with "
            "`python -c 'import secrets; print(secrets.token_hex(32))'`."
        )
    return SignIn(path, provider, access, str(secrets["client_secret"]), str(cookie))


def _read_tables(path: Path, where: str) -> dict[str, Any]:
    try:
        content = path.read_bytes()[: MAX_FILE_BYTES + 1]
    except OSError as fault:
        raise ConfigError(f"{where}: cannot be read ({fault.strerror}). Check its path.") from fault
    if len(content) > MAX_FILE_BYTES:
        raise ConfigError(f"{where}: over {MAX_FILE_BYTES} bytes. Is it the right file?")
    try:
        return tomllib.loads(content.decode("utf-8"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError):
        # The parser's message may quote the line, and the line may hold a secret.
        raise ConfigError(f"{where}: no TOML. Check its quotes and brackets.") from None


def _is_safe(address: str) -> bool:
    try:
        parts = urlsplit(address)
        host = parts.hostname
    except ValueError:
        return False
    return bool(host) and (
        parts.scheme == "https" or (parts.scheme == "http" and host in LOOPBACK_HOSTS)
    )
