// The wall screen: streets coloured by what is late, today's points, a clock. No tiles: only the boundaries of this installation.
"use strict";
(() => {
  const box = document.querySelector("[data-wall-map]");
  const map = L.map(box, { zoomControl: false, attributionControl: false, dragging: false, scrollWheelZoom: false, doubleClickZoom: false, boxZoom: false, keyboard: false, touchZoom: false, zoomSnap: 0.1 });
  let shapes = null, bounds = null, points = L.layerGroup().addTo(map);
  const shade = (late) => (late >= 10 ? "#b3372b" : late >= 5 ? "#c9782c" : late >= 1 ? "#b59a3a" : "#1f5f8f");
  const told = () => JSON.parse(document.getElementById("wall-map-data").dataset.streets);
  function paint() {
    const data = told();
    if (shapes) shapes.eachLayer((layer) => {
      const one = data.streets[codeOf(layer.feature)] || { open: 0, late: 0 };
      layer.setStyle({ fillColor: shade(one.late) });
      const words = document.createElement("span");
      words.lang = "zh";
      words.textContent = `${layer.feature.properties.name}  ${data.words.open} ${one.open} · ${data.words.late} ${one.late}`;
      layer.setTooltipContent(words);
    });
    points.clearLayers();
    data.points.forEach((point) => L.circleMarker(point, { radius: 4, weight: 1, color: "#fff", fillColor: "#4aa3ff", fillOpacity: 0.9 }).addTo(points));
    if (!bounds && data.points.length) map.fitBounds(L.latLngBounds(data.points).pad(0.2));
  }
  const codeOf = (feature) => (feature.properties.unit && feature.properties.unit.code) || feature.properties.code;
  const outlines = (href) => fetch(href, { headers: { "X-Refresh": "1" } }).then((answer) => (answer.ok ? answer.json() : { features: [] }));
  // The district lies under its streets: without them it still says where the points are.
  Promise.all([outlines("/map/outline"), outlines("/map/boundaries?kind=street")]).then(([district, found]) => {
    if (district.features.length) {
      bounds = L.geoJSON(district, { interactive: false, style: { className: "district", color: "#9fb3c8", weight: 3, fillColor: "#16324e", fillOpacity: 0.5 } }).addTo(map).getBounds();
    }
    if (found.features.length) {
      shapes = L.geoJSON(found, { style: { className: "street", color: "#9fb3c8", weight: 1, fillOpacity: 0.75 }, onEachFeature: (feature, layer) => layer.bindTooltip("", { permanent: true, direction: "center", className: "street-name" }) }).addTo(map);
      bounds = bounds ? bounds.extend(shapes.getBounds()) : shapes.getBounds();
    }
    if (bounds) map.fitBounds(bounds.pad(0.02));
    else map.setView([23.1, 113.3], 10);
    paint();
  });
  document.addEventListener("htmx:afterSwap", paint);

  // Numbers that do not move any more say so, large: whoever walks by takes them for those of now.
  const stale = document.getElementById("wall-stale");
  let last = Date.now();
  function say(why) {
    const words = stale.dataset[why].replace("{at}", document.getElementById("wall-updated").textContent.slice(0, 5));
    if (stale.hidden || stale.textContent !== words) stale.textContent = words;
    stale.hidden = false;
  }
  document.addEventListener("htmx:afterRequest", (event) => {
    const answer = event.detail.xhr.status;
    if (answer === 200) { last = Date.now(); stale.hidden = true; } else say(answer === 401 || answer === 403 ? "signin" : "network");
  });
  const clock = document.getElementById("wall-clock");
  const tell = () => {
    if (Date.now() - last > 3000 * stale.dataset.every && stale.hidden) say("network");
    clock.textContent = new Intl.DateTimeFormat(document.documentElement.lang, { timeZone: "Asia/Shanghai", dateStyle: "full", timeStyle: "medium" }).format(new Date());
  };
  setInterval(tell, 1000);
  tell();
})();
