"""The area hierarchy: files, exact point-in-polygon, grids, roll-up."""
