"""A page with the map of a toy city, as a screen would make it."""

import sys
from pathlib import Path

import streamlit as st
from streamlit_folium import st_folium

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
from ilpgeo.maps.areas_map import base_map, priority_layer
from ilpgeo.maps.cells import surface_layer
from ilpgeo.maps.click import read_click
from ilpgeo.maps.layers import hotspot_layer
from ilpgeo.maps.palette import Theme
from ilpgeo.maps.shapes import area_shapes
from ilpgeo.ui import assets
from tests.maps import toy

st.set_page_config(layout="wide", page_title="map")
assets.serve()


@st.cache_resource
def shapes(n: int, inline: bool):
    return area_shapes(toy.city(n), None if inline else assets.shelf())


theme = Theme(st.query_params.get("theme", "light"))
drawn = shapes(int(st.query_params.get("n", "140")), "inline" in st.query_params)
seed = int(st.number_input("seed", 1, 99, 3))
scope = st.text_input("scope")
kind = st.segmented_control("layer", ["areas", "hotspots", "surface"], default="areas")
before = st.session_state.get("click")
selected = before.id if before and before.kind == "area" else None
layers = [
    priority_layer(
        toy.briefing(drawn.areas, seed=seed, scope=(scope,) if scope else (), gaps=2 if scope else 9),
        drawn,
        selected,
        theme,
        is_open=kind != "areas",
    )
]
if kind == "hotspots":
    layers.append(hotspot_layer(toy.hotspots(), theme))
if kind == "surface":
    layers = [surface_layer(toy.surface(), theme)]
shown = st_folium(
    base_map(drawn, theme, attribution="Toy City open data"),
    key=f"map-{drawn.key}",
    height=560,
    use_container_width=True,
    returned_objects=["last_active_drawing"],
    feature_group_to_add=layers,
)
click = read_click(shown)
if click and click != before:
    st.session_state["click"] = click
    st.rerun()
st.write(f"CLICK {click.kind} {click.id} {click.serial}" if click else "CLICK none", f"SEED {seed}")
