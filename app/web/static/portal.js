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

  // What was typed is not left behind by a slip of the finger.
  const demand = $("demand");
  let typed = Boolean(problem && demand);
  if (demand) {
    demand.addEventListener("input", () => { typed = true; });
    demand.addEventListener("submit", () => { typed = false; });
    window.addEventListener("beforeunload", (event) => { if (typed) event.preventDefault(); });
  }

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

  // --- the map: where the district's outline is known, one point may be tapped; without it the place is said in words ---
  const place = $("place");
  const load = (src) => new Promise((done, failed) => {
    const script = document.createElement("script");
    script.src = src; script.onload = done; script.onerror = failed;
    document.head.append(script);
  });
  async function map() {
    const answer = await fetch(place.dataset.outline, { headers: { Accept: "application/geo+json, application/json" } });
    const outline = answer.ok ? await answer.json() : {};
    if (!outline.features || !outline.features.length) return;
    place.hidden = false;
    for (const src of place.dataset.scripts.split(" ")) await load(src);
    const lon = $("f-lon"), lat = $("f-lat"), clear = $("map-clear");
    const tell = () => {
      clear.hidden = !(lon.value && lat.value);
      $("map-said").textContent = clear.hidden ? "" : place.dataset.chosen;
    };
    lat.addEventListener("change", tell);
    clear.addEventListener("click", () => { lon.value = lat.value = ""; lon.dispatchEvent(new Event("input")); tell(); });
    tell();
  }
  if (place) map().catch(() => { place.hidden = true; });
})();
