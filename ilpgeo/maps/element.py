"""The bridge from Python to the page: one call of ilpgeo_map.js with one description as data."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from folium.elements import JSCSSMixin
from folium.template import Template

from ilpgeo.core.wording import TURNING
from ilpgeo.maps.offline import BROWSER_URL

_UNTURNED = dict.fromkeys(map(ord, TURNING))


def script_json(value: Any) -> str:
    """Return `value` as JSON that is safe inside a script: no tag, comment or line separator can end it.

    Marks that turn the direction of text are left out.
    """
    text = json.dumps(value, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    text = text.translate(_UNTURNED)
    for character in "<>&\u2028\u2029":
        text = text.replace(character, f"\\u{ord(character):04x}")
    # st_folium resolves {{'name'}} in scripts, and two braces in a row occur in words only
    return text.replace("{{", "{\\u007b")


class Call(JSCSSMixin):
    """A call ``ilpgeo.<function>(parent, description)`` in the script of the map or layer it is added to."""

    _template = Template("""
        {% macro script(this, kwargs) %}
        ilpgeo.{{ this.function }}({{ this._parent.get_name() }}, {{ this.description }});
        {% endmacro %}
    """)
    default_js = [("ilpgeo_map", BROWSER_URL + "ilpgeo_map.js")]  # noqa: RUF012 -- folium reads it from the class
    default_css = [("ilpgeo_map_css", BROWSER_URL + "ilpgeo_map.css")]  # noqa: RUF012 -- folium reads it from the class

    def __init__(self, function: str, description: Mapping[str, Any]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._name = "Call"
        self.function = function
        self.description = script_json(description)
