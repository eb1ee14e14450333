"""The dashboard: `streamlit run app.py` (demo mode, this machine only); `make run` serves the hardened app."""

import streamlit as st

from ilpgeo.ui import nav

st.set_page_config(
    page_title="ilpgeo",
    page_icon=nav.ICON,
    layout="wide",
    initial_sidebar_state="collapsed",
    menu_items={"About": nav.ABOUT},
)
nav.run()
