// A map without tiles: boundaries, their names, markers and a scale. It needs leaflet.css, leaflet.js and this file, and is made by
//   <div class="map" data-map data-boundaries="/map/boundaries"></div>
// An element that comes later (by htmx) is drawn when it comes, and one that is refreshed keeps the part that was looked at.
//   data-boundaries   where the outlines come from: /map/boundaries?kind=district|street|community|grid (signed in), /map/outline (all)
//   data-lon data-lat a point of WGS 84; other systems are converted by GET /boundaries/at before they come here. data-name: its words
//   data-markers      JSON: [{"lon": 1, "lat": 1, "name": "words", "tone": "late|soon|calm", "href": "/tickets/7", "count": 3}, ...]
//   data-values       JSON: {"code of an area": {"value": 12, "name": "12 件", "href": "/tickets?..."}, ...}; more is drawn darker
//   data-pick-lon data-pick-lat   ids of two fields: a click, or Enter on the map for its middle, puts the degrees there and tells them by
//                     a `change`; what is typed there moves the point. data-pick-crs: id of a field that then says wgs84
//   data-plain        no names on the areas, and nothing to take hold of: a small picture
// Keys on the map: arrows move, + and - zoom, Enter picks the middle; every marker can be reached by Tab. The fields are the other way.
// Colours are the stylesheet's: .map-area, .map-area-1 to -5 (by value), .map-pin, .map-pin-late, -soon, -calm, .map-name.
"use strict";
(() => {
  const english = document.documentElement.lang === "en";
  const drawn = new WeakMap(), looked = new Map(), fetched = new Map();
  const PLACE = [22.72, 114.25], DIGITS = 6;
  const read = (text) => { try { return text ? JSON.parse(text) : null; } catch { return null; } };
  const field = (box, name) => document.getElementById(box.dataset[name] || "");
  const number = (text) => (text === undefined || text === "" || !Number.isFinite(Number(text)) ? null : Number(text));

  function outlines(href) {
    if (!fetched.has(href)) {
      const asked = fetch(href, { credentials: "same-origin", headers: { Accept: "application/geo+json, application/json", "X-Refresh": "1" } })
        .then((answer) => (answer.ok ? answer.json() : { features: [] }));
      asked.catch(() => fetched.delete(href));
      fetched.set(href, asked);
    }
    return fetched.get(href);
  }

  function pin(place, one) {
    const icon = L.divIcon({ className: `map-pin map-pin-${one.tone || "plain"}`, iconSize: [18, 18], html: one.count > 1 ? String(Number(one.count)) : "" });
    const made = L.marker([one.lat, one.lon], { icon, alt: one.name || "", title: one.name || "", keyboard: true });
    if (one.href) made.on("click", () => { location.href = one.href; });
    else if (one.name) { const words = document.createElement("bdi"); words.textContent = one.name; made.bindPopup(words); }
    return made.addTo(place);
  }

  function shade(values, code) {
    const own = values && values[code];
    if (!own || !own.value) return "map-area";
    const most = Math.max(...Object.values(values).map((each) => each.value || 0));
    return `map-area map-area-${Math.max(1, Math.ceil((own.value / most) * 5))}`;
  }

  function areas(map, box, found) {
    const values = read(box.dataset.values);
    const names = [];
    const layer = L.geoJSON(found, {
      style: (each) => ({ className: shade(values, each.properties.code), weight: 1 }),
      onEachFeature: (each, shape) => {
        const own = values && values[each.properties.code];
        const words = document.createElement("span");
        words.append(each.properties.name);
        if (own && own.name) { const more = document.createElement("small"); more.textContent = own.name; words.append(more); }
        if ("plain" in box.dataset) shape.bindTooltip(words);
        else names.push([shape, each.properties, L.tooltip({ permanent: true, direction: "center", className: "map-name", interactive: false }).setContent(words)]);
        if (own && own.href) shape.on("click", () => { location.href = own.href; });
      },
    }).addTo(map);
    // A name is written where its area has room for it.
    const write = () => names.forEach(([shape, { name, label }, tip]) => {
      const bounds = shape.getBounds();
      const wide = map.latLngToLayerPoint(bounds.getSouthEast()).x - map.latLngToLayerPoint(bounds.getNorthWest()).x;
      if (wide < name.length * 12) { tip.remove(); return; }
      tip.setLatLng(label ? [label[1], label[0]] : bounds.getCenter());
      if (!map.hasLayer(tip)) tip.addTo(map);
    });
    map.on("zoomend", write);
    write();
    return layer;
  }

  function picking(map, box) {
    const lon = field(box, "pickLon"), lat = field(box, "pickLat"), crs = field(box, "pickCrs");
    let mark = null;
    if (!lon || !lat) return null;
    const show = (point) => {
      if (mark) mark.setLatLng(point); else mark = L.marker(point, { icon: L.divIcon({ className: "map-pin map-pin-chosen", iconSize: [20, 20] }), keyboard: false, interactive: false, alt: "" }).addTo(map);
    };
    const pick = (point) => {
      const there = point.wrap();
      lon.value = there.lng.toFixed(DIGITS); lat.value = there.lat.toFixed(DIGITS);
      if (crs) crs.value = "wgs84";
      show(there);
      lon.dispatchEvent(new Event("input", { bubbles: true }));
      lat.dispatchEvent(new Event("change", { bubbles: true }));
    };
    map.on("click", (event) => pick(event.latlng));
    box.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.ctrlKey || event.metaKey || event.target !== box) return;
      event.preventDefault();
      pick(map.getCenter());
    });
    const typed = () => {
      const x = number(lon.value), y = number(lat.value);
      if (x === null || y === null || Math.abs(y) > 85) { if (mark) { mark.remove(); mark = null; } return null; }
      show([y, x]);
      return [y, x];
    };
    for (const one of [lon, lat]) one.addEventListener("input", () => { const point = typed(); if (point && !map.getBounds().contains(point)) map.panTo(point); });
    box.classList.add("map-picks");
    return typed();
  }

  function view(map, box, layer, points) {
    const kept = box.id && looked.get(box.id);
    if (kept) { map.setView(kept.centre, kept.zoom, { animate: false }); return; }
    const whole = layer && layer.getLayers().length ? layer.getBounds() : null;
    if (points.length === 1) map.setView(points[0], whole ? 13 : 15, { animate: false });
    else if (whole) map.fitBounds(whole, { padding: [8, 8], animate: false });
    else if (points.length) map.fitBounds(points, { padding: [24, 24], maxZoom: 15, animate: false });
    else map.setView(PLACE, 11, { animate: false });
  }

  async function draw(box) {
    const still = "plain" in box.dataset;
    const map = L.map(box, { attributionControl: false, zoomControl: !still, dragging: !still, keyboard: !still, scrollWheelZoom: false, touchZoom: !still, doubleClickZoom: !still, boxZoom: false, zoomSnap: 0.25, minZoom: 5, maxZoom: 18, fadeAnimation: false, zoomAnimation: false, markerZoomAnimation: false });
    drawn.set(box, map);
    if (!box.getAttribute("role")) box.setAttribute("role", "group");
    if (!box.getAttribute("aria-label")) box.setAttribute("aria-label", english ? "Map" : "地图");
    if (map.zoomControl) {
      map.zoomControl._zoomInButton.title = english ? "Closer" : "放大"; map.zoomControl._zoomOutButton.title = english ? "Farther" : "缩小";
      for (const one of [map.zoomControl._zoomInButton, map.zoomControl._zoomOutButton]) one.setAttribute("aria-label", one.title);
    }
    // The wheel belongs to the page until somebody works on the map.
    box.addEventListener("focusin", () => { if (!still) map.scrollWheelZoom.enable(); });
    box.addEventListener("focusout", () => map.scrollWheelZoom.disable());
    L.control.scale({ imperial: false }).addTo(map);
    map.setView(PLACE, 11, { animate: false });
    const points = [];
    const lon = number(box.dataset.lon), lat = number(box.dataset.lat);
    if (lon !== null && lat !== null) { points.push([lat, lon]); pin(map, { lon, lat, name: box.dataset.name, tone: "chosen" }); }
    for (const one of read(box.dataset.markers) || []) { points.push([one.lat, one.lon]); pin(map, one); }
    const chosen = picking(map, box);
    if (chosen) points.push(chosen);
    let layer = null;
    view(map, box, null, points);
    if (box.dataset.boundaries) {
      const found = await outlines(box.dataset.boundaries).catch(() => ({ features: [] }));
      if (drawn.get(box) !== map) return;
      layer = areas(map, box, found);
      layer.bringToBack();
      view(map, box, layer, points);
    }
    let seen = box.clientWidth > 0;
    new ResizeObserver(() => {
      map.invalidateSize({ animate: false });
      if (!seen && box.clientWidth > 0) { seen = true; view(map, box, layer, points); }
    }).observe(box);
    map.on("moveend", () => { if (box.id && seen) looked.set(box.id, { centre: map.getCenter(), zoom: map.getZoom() }); });
  }

  function all() {
    for (const box of document.querySelectorAll("[data-map]")) {
      const map = drawn.get(box);
      if (map && box.querySelector(".leaflet-map-pane")) continue;
      // What was refreshed has lost what was drawn in it.
      if (map) { map.off(); drawn.delete(box); box._leaflet_id = null; }
      draw(box);
    }
  }
  document.addEventListener("htmx:afterSettle", all);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all); else all();
  window.citydesk = Object.assign(window.citydesk || {}, { maps: { of: (box) => drawn.get(box), draw: all } });
})();
