"""The display on a briefing room's wall: a page of its own beside the dashboard, which nobody touches.

Why it is no Streamlit page stands in docs/decisions/0008-display.md.
"""
