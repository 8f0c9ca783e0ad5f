"""The planner's door: reads the deployment and shows the frame."""

from __future__ import annotations

import os

import streamlit as st

from capillare.geo.errors import CapillareError
from capillare.views.deployment import read_deployment
from capillare.views.frame import show_fault, show_planner

try:
    show_planner(read_deployment(os.environ))
except CapillareError as fault:
    show_fault(fault)
    st.stop()
