"""Released answers as folium layers; palette, legend, vendored assets."""
