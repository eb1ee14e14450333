"""Released answers as files: GeoJSON, GeoPackage, KML, CSV."""
