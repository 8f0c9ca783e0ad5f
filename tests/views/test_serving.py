"""Starting planner and public site."""

import socket
import subprocess
import sys

import pytest

from capillare.geo.errors import ConfigError
from capillare.views.deployment import Deployment
from capillare.views.serving import LAUNCHER, planner_command, start_planner


def test_the_planner_listens_to_this_computer_and_tells_nobody():
    command = planner_command(host="127.0.0.1", port=8501)
    assert command[:4] == [sys.executable, "-m", "streamlit", "run"]
    assert LAUNCHER.is_file()
    options = dict(zip(command[5::2], command[6::2], strict=True))
    assert options["--server.address"] == "127.0.0.1"
    assert options["--browser.gatherUsageStats"] == "false"
    assert options["--client.toolbarMode"] == "minimal"


def test_a_folder_without_site_is_said_before_anything_starts(tmp_path):
    with pytest.raises(ConfigError, match=r"holds no public site.*site build"):
        start_planner(Deployment(site=tmp_path))


def test_a_port_in_use_is_said():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ConfigError, match=f"port {port}.*already in use"):
            start_planner(Deployment(), port=port)


def test_starting_does_not_import_streamlit():
    code = "import sys; import capillare.views.serving; sys.exit('streamlit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
