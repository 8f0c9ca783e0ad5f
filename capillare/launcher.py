"""Planner and public site in one process: ``streamlit run launcher.py``."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount

from capillare.publish.site.serve import site_app
from capillare.views.access.endpoints import Door
from capillare.views.deployment import read_deployment
from capillare.views.frame import show_surprise
from capillare.views.kept_files import KeptFiles
from capillare.views.leaflet_map.files import MAP_PATH, map_app, shelf
from capillare.views.preloads import Preloads, first_scripts, streamlit_files
from capillare.views.security import PlannerPages
from capillare.views.serving import SITE_PATH, refuse_open_door
from capillare.views.warm_up import warm_up

_deployment = read_deployment(os.environ)
refuse_open_door(_deployment, st.get_option("server.address") or "")
_routes = [Mount(MAP_PATH, app=map_app(shelf()))]
if _deployment.site is not None:
    _routes.append(Mount(SITE_PATH, app=site_app(_deployment.site, cors=_deployment.cors)))
_static = streamlit_files()
_middleware = [
    Middleware(PlannerPages, except_under=SITE_PATH, fill=Preloads(_static, shelf())),
    Middleware(KeptFiles, folder=_static, ready=first_scripts(_static)),
]
if _deployment.sign_in is not None:
    _middleware.append(Middleware(Door, sign_in=_deployment.sign_in, except_under=SITE_PATH))

warm_up(_deployment)
app = st.App(
    Path(__file__).parent / "app.py",
    routes=_routes,
    middleware=_middleware,
    secrets=_deployment.sign_in.streamlit_secrets() if _deployment.sign_in else None,
    on_script_error=show_surprise,
)
