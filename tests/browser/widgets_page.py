"""A page with the kinds of element the screens use, to see that the policy lets them work."""

import streamlit as st

from ilpgeo.ui import preload

preload.wait()  # as every page of the dashboard does: while the maps are loaded pandas seems not to be installed

import pandas as pd  # noqa: E402

st.set_page_config(layout="wide", page_title="widgets")
frame = pd.DataFrame({"day": range(10), "n": [3, 1, 4, 1, 5, 9, 2, 6, 5, 3]})
st.line_chart(frame, x="day", y="n")
st.bar_chart(frame, x="day", y="n")
st.dataframe(frame)
st.file_uploader("file")
st.download_button("save", "day,n\n", "table.csv")
st.markdown(":material/home: <b>inline</b>", unsafe_allow_html=True)
st.slider("slide", 0, 10)
st.date_input("day of the week")
st.html("<p style='color:red'>html</p>")
st.write("READY")
