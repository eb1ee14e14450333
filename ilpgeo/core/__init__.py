"""The words everyone speaks: types, protocols, parameters as data, errors, settings. Imports nothing of ilpgeo."""
