"""``site build``, ``site serve`` and ``up``."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from capillare.commands.declaring import Given  # noqa: TC001 (annotations are evaluated)
from capillare.commands.options import (
    OF_A_NETWORK,
    Quiet,
    asking,
    print_faults,
    read_question,
    reporter,
)

PlanFolder = Annotated[
    Path | None, typer.Option("--plan", help="A written plan: its site is served too.")
]
Port = Annotated[int, typer.Option("--port", help="Port to listen on.")]
Host = Annotated[str, typer.Option(help="Address to listen on.")]
SiteFolder = Annotated[Path, typer.Argument(help="A built site.")]
Cors = Annotated[
    str,
    typer.Option(
        envvar="CAPILLARE_CORS",
        help="Origin whose pages may ask the API; * for any. [default: none]",
    ),
]
SignInFile = Annotated[
    Path | None,
    typer.Option(
        "--sign-in",
        envvar="CAPILLARE_SIGN_IN",
        help="TOML that says who may come in, and as what: docs/sign-in.md.",
    ),
]
OpenToAll = Annotated[
    bool,
    typer.Option(
        "--open-to-all",
        envvar="CAPILLARE_OPEN_TO_ALL",
        help="Listen to other computers, or behind a proxy, without sign-in: anybody may write.",
    ),
]
Compress = Annotated[
    bool,
    typer.Option(
        "--compress", help="Also write .br and .gz files, for web servers that send them."
    ),
]
Log = Annotated[bool, typer.Option("--log", help="Log requests, without their parameters.")]
LOOPBACK = "127.0.0.1"


@asking(*OF_A_NETWORK)
def site_build(
    asked: Given,
    out: Annotated[Path, typer.Option("--out", help="Folder for the site.")] = Path("site"),
    compress: Compress = False,
    quiet: Quiet = False,
) -> None:
    """Build the public site: plain files for any web server."""
    from capillare.planning.network import describe_network  # noqa: PLC0415 (keeps --help fast)
    from capillare.publish.outputs import write_site  # noqa: PLC0415 (the same)

    question = read_question(asked)
    network = describe_network(question.scenario, question.inputs, report=reporter(quiet=quiet))
    write_site(network, out, has_compressed=compress)
    if not quiet:
        typer.echo(f"Sito pubblico scritto in {out}")
    raise typer.Exit(print_faults(network.registry.faults))


def site_serve(
    folder: SiteFolder = Path("site"),
    host: Host = LOOPBACK,
    port: Port = 8000,
    cors: Cors = "",
    log: Log = False,
) -> None:
    """Serve a built public site, and its read-only API under /api/."""
    from capillare.publish.site.serve import serve_site  # noqa: PLC0415 (keeps --help fast)

    typer.echo(f"Sito pubblico: http://{host}:{port}/")
    serve_site(folder, host=host, port=port, cors=cors, has_log=log)


@asking("region", "registry", "policy", "as_of", "travel_matrix")
def up(
    asked: Given,
    plan_folder: PlanFolder = None,
    host: Host = LOOPBACK,
    port: Port = 8501,
    sign_in: SignInFile = None,
    cors: Cors = "",
    open_to_all: OpenToAll = False,
) -> None:
    """Start the planner and the public site together, until Ctrl-C."""
    from tempfile import TemporaryDirectory  # noqa: PLC0415 (beside its only use)

    from capillare.planning.network import describe_network  # noqa: PLC0415 (keeps --help fast)
    from capillare.publish.outputs import write_site  # noqa: PLC0415 (the same)
    from capillare.views.access.sign_in import read_sign_in  # noqa: PLC0415 (the same)
    from capillare.views.deployment import Deployment  # noqa: PLC0415 (the same)
    from capillare.views.serving import refuse_open_door, start_planner  # noqa: PLC0415 (the same)

    question = read_question(asked)
    deployment = Deployment(
        region=question.scenario.region,
        as_of=question.scenario.as_of if "as_of" in asked else None,
        inputs=question.inputs,
        sign_in=None if sign_in is None else read_sign_in(sign_in, os.environ),
        is_open_to_all=open_to_all,
        cors=cors,
    )
    refuse_open_door(deployment, host)
    with TemporaryDirectory(prefix="capillare-") as folder:
        site = Path(folder) / "site" if plan_folder is None else plan_folder / "site"
        if plan_folder is None:
            network = describe_network(question.scenario, question.inputs)
            write_site(network, site)
        served = replace(deployment, site=site)
        raise typer.Exit(start_planner(served, host=host, port=port, say=typer.echo))
