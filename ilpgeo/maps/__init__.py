"""Released answers as folium layers; palette, legend, vendored assets.

How a screen draws a map (imports are late: folium costs a second)::

    assets.serve()                                            # ilpgeo.ui.assets: vendored files and shapes, same server
    shapes = area_shapes(areas, assets.shelf())               # ilpgeo.maps.shapes; keep it: st.cache_resource
    base = base_map(shapes, theme, attribution=..., tiles=...)   # ilpgeo.maps.areas_map; new each run, never changes
    ranked = priority_layer(released, shapes, selected, theme)   # a Released[Briefing] and nothing else
    spots = hotspot_layer(released_hotspots, theme)              # ilpgeo.maps.layers
    shown = st_folium(base, key=f"map-{shapes.key}", height=height_px, use_container_width=True,
                      returned_objects=["last_active_drawing"], feature_group_to_add=[ranked, spots])
    click = read_click(shown)                                 # ilpgeo.maps.click: Click(id, serial) or None

`base_map` must be built anew on every run (st_folium adds the layers to it) but renders to the same text for the same
workspace, theme and tiles, so the frame is never reloaded. A click is new when its `serial` is one not seen before: the
component repeats the last click on every run. The layers move the view themselves when the scope of the question
changes. `legend` (ilpgeo.maps.legend) gives the same legend as HTML for use beside the map; tier marks for cards and
tables come from `palette.mark_svg`.
"""
