"""One hotspot model per file and one registry line; shared kernels beside them."""
