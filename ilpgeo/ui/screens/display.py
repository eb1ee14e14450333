"""Where the display of a briefing room would be: it is a page of the hardened server, beside this app."""

from __future__ import annotations

from ilpgeo.ui.frame import empty

empty(
    "The display needs the server",
    "This is the demo mode. Start the dashboard with `ilpgeo serve --workspace DIR` (or `make run`) and open this "
    "address again: the wall's page is part of that server.",
)
