"""ilpgeo: hotspot analytics for intelligence-led policing. It scores places, never persons."""

__version__ = "0.1.0"
