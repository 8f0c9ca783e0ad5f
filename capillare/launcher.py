"""Planner and public site in one process: ``streamlit run launcher.py``."""

from __future__ import annotations

import os
from pathlib import Path

import streamlit as st
from starlette.middleware import Middleware
from starlette.routing import Mount

from capillare.publish.site.serve import site_app
from capillare.views.deployment import read_deployment
from capillare.views.frame import show_surprise
from capillare.views.security import PlannerPages
from capillare.views.serving import SITE_PATH

_deployment = read_deployment(os.environ)

app = st.App(
    Path(__file__).parent / "app.py",
    routes=[Mount(SITE_PATH, app=site_app(_deployment.site))] if _deployment.site else [],
    middleware=[Middleware(PlannerPages, except_under=SITE_PATH)],
    on_script_error=show_surprise,
)
