// Draws what ilpgeo.maps describes. Words arrive as data and are set as text, never as HTML; geometry is fetched once
// from the app's own server and kept, so that a new answer brings styles and words only.
(function () {
  "use strict";
  const known = new Map(); // source -> promise of {id: {at, geometry}}
  let clicks = 0;
  let lastView = null;
  let shown = null; // the view the map was led to, until a person leaves it
  let isLed = false;

  const FOLDED = 0.45; // a legend that would take more of the map's width than this starts folded
  const LEGEND = 250; // its width, pixels, until the stylesheet is there
  const ROUND_LEGEND = 30; // its margin, padding and border, pixels
  const CLEAR = 0.7; // so much of a tier's mark is kept free of other marks
  const PANES = { ground: 210, surface: 350, areas: 400, lines: 420, hotspots: 450, selection: 460, marks: 600 };

  function shapesFrom(source) {
    if (!known.has(source)) {
      const inline = source.startsWith("{");
      const shapes = inline
        ? Promise.resolve(JSON.parse(source))
        : fetch(source).then((answer) => {
            if (!answer.ok) throw new Error(source + " answered " + answer.status);
            return answer.json();
          });
      shapes.catch(() => known.delete(source));
      known.set(source, shapes);
    }
    return known.get(source);
  }

  function gather(sources) {
    return Promise.all(sources.map(shapesFrom)).then((all) => Object.assign({}, ...all));
  }

  function prepare(map, look) {
    for (const [name, z] of Object.entries(PANES)) {
      const pane = map.createPane(name);
      pane.style.zIndex = z;
      if (!["areas", "hotspots"].includes(name)) pane.style.pointerEvents = "none";
    }
    const ns = "http://www.w3.org/2000/svg";
    const svg = document.createElementNS(ns, "svg");
    svg.setAttribute("aria-hidden", "true");
    svg.setAttribute("style", "position:absolute;width:0;height:0");
    const pattern = document.createElementNS(ns, "pattern");
    for (const [name, value] of Object.entries({
      id: "ilp-hatch", width: 9, height: 9, patternUnits: "userSpaceOnUse", patternTransform: "rotate(45)",
    })) pattern.setAttribute(name, value);
    const back = document.createElementNS(ns, "rect");
    back.setAttribute("width", 9);
    back.setAttribute("height", 9);
    back.setAttribute("fill", look.gap);
    const stripe = document.createElementNS(ns, "rect");
    stripe.setAttribute("width", 1);
    stripe.setAttribute("height", 9);
    stripe.setAttribute("fill", look.hatch);
    pattern.append(back, stripe);
    svg.append(pattern);
    document.body.append(svg);
    const container = map.getContainer();
    container.style.background = look.water;
    container.classList.add("ilp-" + look.theme);
    container.setAttribute("role", "application");
    container.setAttribute("aria-label", look.label);
    // Leaflet focuses its container on mousedown; unasked, the page around the frame would scroll under the pointer and
    // the click would land elsewhere
    container.focus = () => HTMLElement.prototype.focus.call(container, { preventScroll: true });
    map.attributionControl.setPrefix(false);
  }

  function renderer(pane) {
    return L.svg({ pane: pane, padding: 0.4 });
  }

  function base(map, spec) {
    prepare(map, spec.look);
    if (spec.attribution) map.attributionControl.addAttribution(spec.attribution);
    L.control.scale({ position: "bottomright" }).addTo(map);
    const ground = { pane: "ground", renderer: renderer("ground"), interactive: false };
    if (spec.land) {
      shapesFrom(spec.land).then((shapes) => {
        for (const each of Object.values(shapes))
          L.geoJSON(each.geometry, { ...ground, style: { stroke: false, fillColor: spec.look.land, fillOpacity: 1 } })
            .addTo(map).bringToBack();
      }).catch(report(map, "The land could not be loaded; reload the page."));
    }
    gather(spec.sources).then((shapes) => {
      for (const id of spec.outer) if (shapes[id])
        L.geoJSON(shapes[id].geometry, { ...ground, style: { ...spec.style } }).addTo(map);
    }).catch(report(map, "The boundaries could not be loaded; reload the page."));
    map.on("movestart", () => { if (!isLed) shown = null; });
    map.on("resize", () => { if (shown) lead(map, shown.view, shown.below); });
    look(map, spec.view);
  }

  // `below`: pixels at the foot that the legend covers. The view stands over the legend or beside it, where that costs no
  // zoom. On a phone the attribution takes the whole width: it is always kept clear, and the legend is folded.
  function fit(map, view, below = 0) {
    const credits = map.getSize().x < 560 ? map.attributionControl.getContainer().offsetHeight : 0;
    const zoomLeaving = ([left, foot]) => {
      const zoom = map.getBoundsZoom(view, false, L.point(28 + left, 28 + foot));
      return zoom < Infinity ? zoom : -1; // no room at all: Leaflet calls that infinite
    };
    const whole = [0, credits];
    const over = [0, Math.max(below, credits)], beside = [legendWidth(map) + ROUND_LEGEND, credits];
    const best = zoomLeaving(over) >= zoomLeaving(beside) ? over : beside;
    const isKeptClear = below && !isNarrow(map) && zoomLeaving(best) === zoomLeaving(whole);
    const [left, foot] = isKeptClear ? best : whole;
    map.fitBounds(view, { paddingTopLeft: [14 + left, 14], paddingBottomRight: [14, 14 + foot], animate: false });
    shown = { view, below };
  }

  function legendWidth(map) {
    return parseFloat(getComputedStyle(map.getContainer()).getPropertyValue("--legend")) || LEGEND;
  }

  function isNarrow(map) {
    return FOLDED * map.getSize().x < legendWidth(map);
  }

  function lead(map, view, below) {
    isLed = true;
    fit(map, view, below);
    isLed = false;
  }

  function look(map, view, below = 0) {
    const wanted = JSON.stringify([view, below]);
    if (!view || wanted === lastView) return;
    lastView = wanted;
    whenSized(map, () => { if (wanted === lastView) lead(map, view, below); });
  }

  // A frame below the fold, or one just written into a page, may have no size yet; bounds fit into nothing nowhere.
  function whenSized(map, act) {
    if (map.getSize().x && map.getSize().y) return act();
    new ResizeObserver((entries, watch) => {
      map.invalidateSize();
      if (!map.getSize().x || !map.getSize().y) return;
      watch.disconnect();
      act();
    }).observe(map.getContainer());
  }

  // The frames of one page share a channel. Only what a person does is passed on: a map that is led by another, or by a
  // new answer, keeps quiet. One that opens late asks where the others are.
  function together(map, spec) {
    const channel = new BroadcastChannel("ilpgeo-" + spec.group + "-" + tab());
    let waiting = 0, isMoved = false;
    const tell = () => {
      const at = map.getCenter();
      channel.postMessage({ lat: at.lat, lng: at.lng, zoom: map.getZoom() });
    };
    map.on("move", () => {
      if (isLed || waiting) return;
      isMoved = true;
      waiting = requestAnimationFrame(() => { waiting = 0; tell(); });
    });
    channel.onmessage = (event) => {
      if (event.data.isAsking) {
        if (isMoved) tell();
        return;
      }
      isLed = isMoved = true;
      map.setView([event.data.lat, event.data.lng], event.data.zoom, { animate: false });
      isLed = false;
      shown = null;
    };
    setTimeout(() => channel.postMessage({ isAsking: true }), 800);
  }

  function tab() {
    const page = window.parent;
    if (!page.ilpgeoTab) page.ilpgeoTab = Date.now() + "-" + Math.random();
    return page.ilpgeoTab;
  }

  function report(map, words) {
    return function (error) {
      const note = L.control({ position: "topright" });
      note.onAdd = () => {
        const box = L.DomUtil.create("div", "ilp-box ilp-fault");
        box.setAttribute("role", "alert");
        box.textContent = words;
        return box;
      };
      note.addTo(map);
      console.warn(words, error);
    };
  }

  function tooltip(title, rows, foot) {
    const box = L.DomUtil.create("div");
    L.DomUtil.create("div", "ilp-title", box).textContent = title;
    const table = L.DomUtil.create("table", "", box);
    for (const [label, value] of rows) {
      const row = L.DomUtil.create("tr", "", table);
      L.DomUtil.create("th", "", row).textContent = label;
      L.DomUtil.create("td", "", row).textContent = value;
    }
    if (foot) L.DomUtil.create("div", "ilp-foot", box).textContent = foot;
    return box;
  }

  // st_folium reports what toGeoJSON returns: who was hit, and a serial so that the same hit twice is two clicks.
  function clickable(layer, kind, id) {
    layer.toGeoJSON = () => ({
      type: "Feature", geometry: null, properties: { kind: kind, id: id, serial: Date.now() + "-" + ++clicks },
    });
  }

  function legend(group, html) {
    if (!html) return;
    let fold = null;
    const control = L.control({ position: "bottomleft" });
    control.onAdd = (map) => {
      const box = L.DomUtil.create("details", "ilp-box ilp-legend");
      box.open = !isNarrow(map);
      box.innerHTML = html;
      L.DomEvent.disableClickPropagation(box);
      fold = () => { if (isNarrow(map)) box.open = false; };
      map.on("resize", fold);
      return box;
    };
    control.onRemove = (map) => map.off("resize", fold);
    group.on("add", (event) => control.addTo(event.target._map));
    group.on("remove", () => control.remove());
  }

  function wayBack(group, whole) {
    if (!whole) return;
    const [view, words] = whole;
    const control = L.control({ position: "topleft" });
    control.onAdd = (map) => {
      const button = L.DomUtil.create("button", "ilp-box ilp-back");
      button.type = "button";
      button.textContent = words;
      L.DomEvent.disableClickPropagation(button);
      L.DomEvent.on(button, "click", () => fit(map, view));
      return button;
    };
    group.on("add", (event) => control.addTo(event.target._map));
    group.on("remove", () => control.remove());
  }

  // Marks that would cover one another are left out until there is room for them; the first of the list stay.
  function thin(group, marks) {
    let map = null;
    const choose = () => {
      const kept = [];
      for (const [mark, size] of marks) {
        const at = map.latLngToLayerPoint(mark.getLatLng());
        const isClear = kept.every(([other, its]) => other.distanceTo(at) >= (size + its) / 2);
        mark.getElement().style.visibility = isClear ? "" : "hidden";
        if (isClear) kept.push([at, size]);
      }
    };
    const begin = () => {
      map = group._map;
      map.on("zoomend", choose);
      choose();
    };
    group.on("add", begin);
    group.on("remove", () => map.off("zoomend", choose));
    if (group._map) begin();
  }

  function areas(group, spec) {
    const drawing = renderer("areas");
    const above = { pane: "lines", renderer: renderer("lines"), interactive: false };
    const strong = { pane: "selection", renderer: renderer("selection"), interactive: false };
    legend(group, spec.legend);
    wayBack(group, spec.whole);
    group.on("add", (event) => look(event.target._map, spec.view, spec.below));
    gather(spec.sources).then((shapes) => {
      const marks = [];
      for (const [id, style, mark, title, ...values] of spec.areas) {
        const shape = shapes[id];
        if (!shape) continue;
        // a layer per area, itself in the group: its click reaches the group with `layer` set
        const options = { pane: "areas", renderer: drawing, ...spec.styles[style] };
        const rings = L.GeoJSON.coordsToLatLngs(shape.geometry.coordinates, shape.geometry.type === "Polygon" ? 1 : 2);
        const area = L.polygon(rings, options);
        clickable(area, "area", options.clickable === false ? "" : id);
        const rows = spec.rows.map((label, at) => [label, values[at]]).filter(([, value]) => value);
        area.bindTooltip(() => tooltip(title, rows, spec.foot), { sticky: true, className: "ilp-tip", direction: "top" });
        group.addLayer(area);
        if (id === spec.selected)
          for (const line of spec.outline) group.addLayer(L.polygon(rings, { ...strong, ...line }));
        if (mark >= 0) {
          const [html, size] = spec.marks[mark];
          const sign = L.marker([shape.at[1], shape.at[0]], {
            pane: "marks", interactive: false, keyboard: false,
            icon: L.divIcon({ className: "", html: html, iconSize: [size, size] }),
          });
          group.addLayer(sign);
          marks.push([sign, CLEAR * size, mark]);
        }
      }
      thin(group, marks.sort((one, other) => one[2] - other[2]));
      for (const id of spec.parents) if (shapes[id])
        group.addLayer(L.geoJSON(shapes[id].geometry, { ...above, style: spec.parent }));
    }).catch((error) => report(window.map || group._map, "The boundaries could not be loaded; reload the page.")(error));
  }

  function hotspots(group, spec) {
    const drawing = renderer("hotspots");
    const below = { pane: "lines", renderer: renderer("lines"), interactive: false };
    const strong = { pane: "selection", renderer: renderer("selection"), interactive: false };
    const numbers = [];
    legend(group, spec.legend);
    for (const [id, geometry, colour, at, number, title, rows] of spec.hotspots) {
      const rings = L.GeoJSON.coordsToLatLngs(geometry.coordinates, geometry.type === "Polygon" ? 1 : 2);
      group.addLayer(L.polygon(rings, { ...below, ...spec.casing }));
      const spot = L.polygon(rings, { pane: "hotspots", renderer: drawing, ...spec.style, fillColor: colour });
      clickable(spot, "hotspot", id);
      spot.bindTooltip(() => tooltip(title, rows, spec.foot), { sticky: true, className: "ilp-tip", direction: "top" });
      group.addLayer(spot);
      if (id === spec.selected)
        for (const line of spec.outline) group.addLayer(L.polygon(rings, { ...strong, ...line }));
      if (number) {
        const label = L.DomUtil.create("span", "ilp-number");
        label.textContent = number;
        const sign = L.marker([at[1], at[0]], {
          pane: "marks", interactive: false, keyboard: false,
          icon: L.divIcon({ className: "", html: label, iconSize: [24, 24], iconAnchor: [12, 27] }),
        });
        group.addLayer(sign);
        numbers.unshift([sign, 24]); // the first rank comes last, to be drawn on top
      }
    }
    group.on("add", (event) => look(event.target._map, spec.view));
    thin(group, numbers);
  }

  // Lines between the middles of areas, thickest last; the middles come with the shapes.
  function links(group, spec) {
    const drawing = renderer("hotspots");
    gather(spec.sources).then((shapes) => {
      for (const [one, other, weight, title, rows] of spec.links) {
        if (!shapes[one] || !shapes[other]) continue;
        const ends = [shapes[one].at, shapes[other].at].map(([lng, lat]) => [lat, lng]);
        group.addLayer(L.polyline(ends, { pane: "lines", renderer: renderer("lines"), interactive: false, ...spec.casing, weight: weight + 3 }));
        const line = L.polyline(ends, { pane: "hotspots", renderer: drawing, ...spec.style, weight: weight });
        clickable(line, "link", "");
        line.bindTooltip(() => tooltip(title, rows, spec.foot), { sticky: true, className: "ilp-tip", direction: "top" });
        group.addLayer(line);
        for (const end of ends)
          group.addLayer(L.circleMarker(end, { pane: "hotspots", renderer: drawing, interactive: false, ...spec.end }));
      }
    }).catch((error) => report(window.map || group._map, "The boundaries could not be loaded; reload the page.")(error));
  }

  function places(group, spec) {
    const drawing = renderer("hotspots");
    const above = { pane: "lines", renderer: renderer("lines"), interactive: false };
    const strong = { pane: "selection", renderer: renderer("selection"), interactive: false };
    legend(group, spec.legend);
    for (const [id, geometry, style, at, number, title, rows] of spec.places) {
      const rings = L.GeoJSON.coordsToLatLngs(geometry.coordinates, geometry.type === "Polygon" ? 1 : 2);
      const place = L.polygon(rings, { pane: "hotspots", renderer: drawing, ...spec.styles[style] });
      clickable(place, spec.kind, id);
      place.bindTooltip(() => tooltip(title, rows, spec.foot), { sticky: true, className: "ilp-tip", direction: "top" });
      group.addLayer(place);
      if (id === spec.selected)
        for (const line of spec.outline) group.addLayer(L.polygon(rings, { ...strong, ...line }));
      if (!number) continue;
      const label = L.DomUtil.create("span", "ilp-number");
      label.textContent = number;
      group.addLayer(L.marker([at[1], at[0]], {
        pane: "marks", interactive: false, keyboard: false,
        icon: L.divIcon({ className: "", html: label, iconSize: [24, 24], iconAnchor: [12, 12] }),
      }));
    }
    for (const [points, style] of spec.lines)
      group.addLayer(L.polyline(points.map(([x, y]) => [y, x]), { ...above, ...spec.styles[style] }));
    group.on("add", (event) => look(event.target._map, spec.view));
  }

  function picture(group, spec) {
    legend(group, spec.legend);
    group.addLayer(L.imageOverlay(spec.image, spec.bounds, {
      pane: "surface", opacity: spec.opacity, className: "ilp-cells", alt: spec.alt,
    }));
  }

  window.ilpgeo = { base, together, areas, hotspots, links, places, picture };
})();
