// What scripts add to the citizen's pages, which work without them: no second sending, photographs looked at before they travel, a map.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const problem = $("problem");
  if (problem) problem.focus();

  // The browser goes on to another page; a second press sends nothing.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => {
      if (button.dataset.sending) { button.dataset.words = button.textContent; button.textContent = button.dataset.sending; }
      button.disabled = true;
    }), 0);
  });
  window.addEventListener("pageshow", () => document.querySelectorAll("button[type=submit][disabled]").forEach((button) => {
    if (button.dataset.words) button.textContent = button.dataset.words;
    button.disabled = false;
  }));

  // --- photographs ---
  const files = $("f-file"), told = $("file-said");
  function wrong() {
    const chosen = [...files.files], set = files.dataset;
    if (chosen.length > Number(set.most)) return set.tooMany + set.most;
    const odd = chosen.find((file) => !/\.(jpe?g|jpe|jfif|png|webp)$/i.test(file.name));
    if (odd) return set.wrongKind + odd.name;
    const large = chosen.find((file) => file.size > Number(set.bytes));
    return large ? set.tooLarge + large.name : "";
  }
  if (files) files.addEventListener("change", () => { told.textContent = wrong(); told.hidden = !told.textContent; });

  // --- the code ---
  document.querySelectorAll("[data-copy]").forEach((button) => {
    if (!navigator.clipboard) return;
    button.hidden = false;
    button.addEventListener("click", () => navigator.clipboard.writeText(button.dataset.copy).then(() => { button.textContent = button.dataset.copied; }));
  });

  // --- the map: the district's outline and one mark, drawn here and asked of nobody else ---
  const place = $("place");
  async function map() {
    const answer = await fetch(place.dataset.boundaries);
    if (!answer.ok) return;
    const outline = await answer.json();
    if (!outline.features || !outline.features.length) return;
    await new Promise((done, failed) => {
      const script = document.createElement("script");
      script.src = place.dataset.script; script.onload = done; script.onerror = failed;
      document.head.append(script);
    });
    place.hidden = false;
    const lon = $("f-lon"), lat = $("f-lat"), clear = $("map-clear"), said = $("map-said");
    const drawn = L.map("map", { attributionControl: false, zoomSnap: 0.25 });
    const area = L.geoJSON(outline, { style: { color: "#0b5cad", weight: 2, fillColor: "#ffffff", fillOpacity: 0.9 }, interactive: false }).addTo(drawn);
    drawn.fitBounds(area.getBounds(), { padding: [8, 8] });
    const mark = L.marker([0, 0], { icon: L.divIcon({ className: "mark", iconSize: [22, 22] }), keyboard: false });
    function put(at) {
      lon.value = at.lng.toFixed(6); lat.value = at.lat.toFixed(6);
      mark.setLatLng(at).addTo(drawn);
      said.textContent = place.dataset.chosen; clear.hidden = false;
    }
    drawn.on("click", (event) => put(event.latlng));
    clear.addEventListener("click", () => { lon.value = lat.value = ""; mark.remove(); said.textContent = ""; clear.hidden = true; });
    if (lon.value && lat.value) put(L.latLng(Number(lat.value), Number(lon.value)));
  }
  // Without a map the place is said in words.
  if (place) map().catch(() => { place.hidden = true; });
})();
