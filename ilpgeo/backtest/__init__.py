"""Back-testing: how a model would have done on days it had not seen. It receives models and imports none."""
