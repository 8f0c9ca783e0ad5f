"""Starts planner and public site as one child process; needs no Streamlit to be imported."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from capillare.geo.errors import ConfigError
from capillare.views.access.sign_in import LOOPBACK_HOSTS
from capillare.views.deployment import as_environment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import FrameType

    from capillare.views.deployment import Deployment

LAUNCHER = Path(__file__).parent.parent / "launcher.py"
LOOPBACK = "127.0.0.1"
PORT = 8501
SITE_PATH = "/sito"
_PATIENCE_S = 60.0
_PAUSE_S = 0.2
_ENDINGS = (signal.SIGINT, signal.SIGTERM)
_FLAGS = {
    "server.headless": "true",
    "server.fileWatcherType": "none",
    "server.maxUploadSize": "20",
    # Whatever a configuration of Streamlit's own says, nobody is whom a request's header names.
    "server.trustedUserHeaders": "{}",
    "server.enableXsrfProtection": "true",
    "server.enableCORS": "true",
    "server.enableAgentApi": "false",
    # No page elsewhere speaks to ours; Streamlit would listen to its own hosting's.
    "client.allowedOrigins": "http://127.0.0.1",
    "browser.gatherUsageStats": "false",
    "client.toolbarMode": "minimal",
    "client.showErrorDetails": "none",
    "theme.base": "light",
    "theme.primaryColor": "#0b5cad",
    "logger.level": "warning",
}


def planner_command(*, host: str, port: int, allowed_hosts: Sequence[str] = ()) -> list[str]:
    """Return the command line of the child process.

    Parameters
    ----------
    host, port
        Where to listen.
    allowed_hosts
        Names by which browsers may call it; none is any. Others' names that lead here are a trick.
    """
    flags = [*_FLAGS.items(), ("server.address", host), ("server.port", str(port))]
    flags += [("server.allowedHosts", name) for name in allowed_hosts]
    options = [part for name, setting in flags for part in (f"--{name}", setting)]
    return [sys.executable, "-m", "streamlit", "run", str(LAUNCHER), *options]


def start_planner(
    deployment: Deployment,
    *,
    host: str = LOOPBACK,
    port: int = PORT,
    say: Callable[[str], None] = print,
) -> int:
    """Serve the planner, and the public site under `SITE_PATH`, until interrupted.

    Parameters
    ----------
    deployment
        What is served.
    host, port
        Where to listen. Anything but loopback opens the planner to the network, and is refused
        unless people sign in, or `deployment` says that anybody may.
    say
        Called with each line for the person who started it, in Italian.

    Returns
    -------
    Exit code: 0 when it was interrupted, the child's own when it ended by itself.

    Raises
    ------
    ConfigError
        If the site's folder holds no site, somebody listens on the port already, or the planner
        would be open to the network.
    """
    refuse_open_door(deployment, host)
    if deployment.site is not None and not (deployment.site / "index.html").is_file():
        raise ConfigError(
            f"{deployment.site}: holds no public site. Build one with 'capillare site build'."
        )
    if _answers(host, port):
        raise ConfigError(f"port {port} of {host}: already in use. Choose another with --port.")
    # In a session of its own the child hears Ctrl-C once, from here, and not from the terminal too.
    with (
        subprocess.Popen(  # noqa: S603 (our interpreter and our file, no shell)
            planner_command(host=host, port=port, allowed_hosts=allowed_hosts(deployment, host)),
            env=os.environ | as_environment(deployment),
            stdout=subprocess.DEVNULL,
            start_new_session=True,
        ) as child,
        _signals_as_interrupt(),
    ):
        try:
            if _is_up(child, host, port):
                say(f"Pianificatore: http://{host}:{port}")
                if deployment.site is not None:
                    say(f"Sito pubblico: http://{host}:{port}{SITE_PATH}/")
                say("Ctrl-C per fermare.")
            return child.wait()
        except KeyboardInterrupt:
            child.send_signal(signal.SIGINT)
            child.wait()
            return 0


def refuse_open_door(deployment: Deployment, host: str) -> None:
    """Refuse to listen to other computers while nobody is asked who they are.

    Raises
    ------
    ConfigError
        If the planner would be open to the network, and nobody has said that it may.
    """
    if host in LOOPBACK_HOSTS or deployment.sign_in is not None or deployment.is_open_to_all:
        return
    raise ConfigError(
        f"host {host or '(every address)'}: other computers could change the registry without "
        "signing in. Configure sign-in with --sign-in FILE, listen on 127.0.0.1, or say "
        "--open-to-all."
    )


def allowed_hosts(deployment: Deployment, host: str) -> tuple[str, ...]:
    """Return the names by which browsers may call the planner; none where they are not known."""
    if deployment.is_open_to_all:
        return ()
    if deployment.sign_in is not None:
        return tuple(sorted({deployment.sign_in.host, *LOOPBACK_HOSTS}))
    return tuple(sorted(LOOPBACK_HOSTS)) if host in LOOPBACK_HOSTS else ()


@contextmanager
def _signals_as_interrupt() -> Iterator[None]:
    """Let Ctrl-C and a request to terminate both end the child.

    A shell that starts a job in the background has it ignore Ctrl-C, and so would the child.
    """

    def interrupt(_signal: int, _frame: FrameType | None) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in _ENDINGS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _is_up(child: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Wait until the child listens; False if it ends or never does."""
    until = time.monotonic() + _PATIENCE_S
    while child.poll() is None and time.monotonic() < until:
        if _answers(host, port):
            return True
        time.sleep(_PAUSE_S)
    return False


def _answers(host: str, port: int) -> bool:
    try:
        with socket.create_connection((host, port), timeout=1.0):
            return True
    except OSError:
        return False
