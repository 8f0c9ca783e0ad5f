"""What an operator writes to put the planner behind a door."""

from __future__ import annotations

from pathlib import Path

import pytest

import capillare
from capillare.geo.errors import ConfigError
from capillare.views.access.sign_in import CLIENT_SECRET, COOKIE_SECRET, SIGN_IN, read_sign_in
from capillare.views.deployment import Deployment, as_environment, read_deployment
from capillare.views.serving import allowed_hosts, refuse_open_door, start_planner

SECRET, OLD, COOKIE = "segreto-del-client", "vecchio", "c" * 32
EVERYWHERE = "0.0.0.0"  # noqa: S104 (an address that is refused)
SECRETS = {CLIENT_SECRET: SECRET, COOKIE_SECRET: COOKIE}
TEXT = """
[provider]
server_metadata_url = "https://accesso.example/.well-known/openid-configuration"
client_id = "capillare"
redirect_uri = "https://piani.example/oauth2callback"

[access]
role_claim = "realm_access.roles"
province_claim = "provincia"

[access.roles]
capillare-pianifica = "planner"
capillare-coordina = "coordinator"
"""


@pytest.fixture
def write(tmp_path):
    def make(text=TEXT):
        file = tmp_path / "accesso.toml"
        file.write_text(text, encoding="utf-8")
        return file

    return make


def test_a_file_and_two_secrets_become_what_streamlit_reads(write):
    sign_in = read_sign_in(write(), SECRETS)
    assert sign_in.origin == "https://piani.example"
    assert sign_in.is_https
    auth = sign_in.streamlit_secrets()["auth"]
    assert auth["client_secret"] == SECRET
    assert auth["cookie_secret"] == COOKIE
    assert auth["client_kwargs"]["scope"] == "openid email profile"
    assert sign_in.access.roles["capillare-pianifica"] == "planner"


def test_secrets_may_stand_in_the_file_and_the_environment_wins(write):
    text = TEXT.replace(
        "[access]\n", f'client_secret = "{OLD}"\ncookie_secret = "{"d" * 40}"\n[access]\n'
    )
    assert read_sign_in(write(text), {}).client_secret == OLD
    assert read_sign_in(write(text), SECRETS).client_secret == SECRET


def test_secrets_are_never_shown_nor_handed_on(write):
    deployment = Deployment(sign_in=read_sign_in(write(), SECRETS))
    shown = f"{deployment!r}{deployment.sign_in}{as_environment(deployment)}"
    assert SECRET not in shown
    assert COOKIE not in shown
    assert read_deployment(as_environment(deployment) | SECRETS) == deployment


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("[provider]", "[provider", "no TOML"),
        ("[provider]", "[providr]", "unknown table 'providr'. Did you mean 'provider'"),
        ("client_id", "client_di", "unknown key 'client_di'. Did you mean 'client_id'"),
        ('client_id = "capillare"\n', "", "missing client_id"),
        ('client_id = "capillare"', 'client_id = " "', "client_id: empty"),
        ("https://accesso", "http://accesso", "server_metadata_url: neither https"),
        ("https://accesso", "ftp://accesso", "server_metadata_url: neither https"),
        ("https://piani", "http://piani", "redirect_uri: neither https"),
        ("/oauth2callback", "/", "redirect_uri: it must end in /oauth2callback"),
        ("/oauth2callback", "/x/oauth2callback", "redirect_uri: it must end"),
        ("/oauth2callback", "/oauth2callback?x=1", "redirect_uri: it must end"),
        ("[access]\n", 'scope = "email"\n[access]\n', "openid is not in it"),
        ('"planner"', '"boss"', "'boss' is not one of planner"),
        ("role_claim", "rolle_claim", "unknown key 'rolle_claim'"),
        ('province_claim = "provincia"\n', "", "a coordinator of nothing"),
        ("[access.roles]", "[access.role]", "unknown key 'role'"),
    ],
)
def test_what_is_wrong_is_said_before_anything_starts(write, old, new, said):
    assert old in TEXT
    with pytest.raises(ConfigError, match="sign-in ") as fault:
        read_sign_in(write(TEXT.replace(old, new, 1)), SECRETS)
    assert said in str(fault.value)


@pytest.mark.parametrize(
    ("secrets", "said"),
    [
        ({}, "client_secret: missing; set CAPILLARE_CLIENT_SECRET"),
        ({CLIENT_SECRET: SECRET}, "cookie_secret: missing"),
        ({CLIENT_SECRET: SECRET, COOKIE_SECRET: "corto-segreto"}, "under 32 characters"),
        ({CLIENT_SECRET: "  ", COOKIE_SECRET: COOKIE}, "client_secret: missing"),
    ],
)
def test_a_missing_or_short_secret_is_said_and_not_shown(write, secrets, said):
    with pytest.raises(ConfigError) as fault:
        read_sign_in(write(), secrets)
    assert said in str(fault.value)
    assert "corto-segreto" not in str(fault.value)
    assert SECRET not in str(fault.value)


def test_a_broken_line_with_a_secret_is_not_quoted(write):
    with pytest.raises(ConfigError) as fault:
        read_sign_in(write('[provider]\nclient_secret = "abc\n'), {})
    assert "abc" not in str(fault.value)
    assert fault.value.__cause__ is None
    with pytest.raises(ConfigError, match="cannot be read"):
        read_sign_in(write().with_name("altro.toml"), {})
    with pytest.raises(ConfigError, match="over 64000 bytes"):
        read_sign_in(write("#" * 70_000), {})


def test_the_environment_names_the_file(write):
    found = read_deployment({SIGN_IN: str(write()), **SECRETS})
    assert found.sign_in is not None
    assert read_deployment({}).sign_in is None


@pytest.mark.parametrize("host", [EVERYWHERE, "", "::", "192.168.1.5", "piani.example"])
def test_nobody_opens_the_planner_to_the_network_by_mistake(host, write):
    with pytest.raises(ConfigError, match="without signing in"):
        start_planner(Deployment(), host=host)
    refuse_open_door(Deployment(is_open_to_all=True), host)
    refuse_open_door(Deployment(sign_in=read_sign_in(write(), SECRETS)), host)


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_ones_own_machine_is_asked_nothing(host):
    refuse_open_door(Deployment(), host)
    assert allowed_hosts(Deployment(), host) == ("127.0.0.1", "::1", "localhost")


def test_a_planner_answers_to_its_own_name(write):
    deployment = Deployment(sign_in=read_sign_in(write(), SECRETS))
    assert "piani.example" in allowed_hosts(deployment, EVERYWHERE)
    assert allowed_hosts(Deployment(is_open_to_all=True), "127.0.0.1") == ()


def test_the_example_of_the_documentation_works(write):
    text = (Path(capillare.__file__).parents[1] / "docs" / "sign-in.md").read_text("utf-8")
    example = text.split("```toml\n")[1].split("```")[0]
    commented = example.replace("# [access", "[access").replace('\n# "', '\n"')
    commented = commented.replace("# c_g999", "c_g999").replace("# session", "session")
    for written in (example, commented):
        assert read_sign_in(write(written), SECRETS).access.entity_claim == "entity"
    assert read_sign_in(write(commented), SECRETS).access.provinces == {"Provincia di Siena": "SI"}
    with pytest.raises(ConfigError) as fault:
        refuse_open_door(Deployment(), EVERYWHERE)
    assert f"capillare: {fault.value}" in text
