// Intake: the title follows what is told until it is changed by hand, the street follows the point, Enter goes to the next field, and
// Alt+J and Alt+K choose among the rows beside.
"use strict";
(() => {
  const form = document.getElementById("intake");
  if (!form) return;
  const field = (name) => form.elements[name];
  const rows = () => [...document.querySelectorAll(".intake-beside [data-beside]")];
  const own = { title: field("title").value, street: field("street").value, community: field("community").value };

  // What was put here by us may be replaced by us; what a person has typed stays.
  function propose(name, words) {
    const box = field(name);
    if (box.value !== "" && box.value !== own[name]) return;
    if (box.value === words) { own[name] = words; return; }
    own[name] = words;
    box.value = words;
    // A box that offers things is told that it has changed, not that somebody types.
    box.dispatchEvent(new Event("combo" in box.dataset ? "change" : "input", { bubbles: true }));
  }
  own.title = ""; own.street = ""; own.community = "";

  function choose(step) {
    const all = rows();
    if (!all.length) return;
    const at = all.findIndex((row) => row.getAttribute("aria-current") === "true");
    const next = all[Math.min(all.length - 1, Math.max(0, at < 0 ? 0 : at + step))];
    all.forEach((row) => row.removeAttribute("aria-current"));
    next.setAttribute("aria-current", "true");
    next.scrollIntoView({ block: "nearest" });
  }
  document.addEventListener("keydown", (event) => {
    if (!event.altKey || event.ctrlKey || event.isComposing || document.querySelector("dialog[open]")) return;
    if (event.code === "KeyJ" || event.code === "KeyK") { event.preventDefault(); choose(event.code === "KeyJ" ? 1 : -1); }
  });
  form.addEventListener("keydown", (event) => {
    // Enter in a line goes on to the next field: only the buttons and their keys register.
    const box = event.target;
    if (event.key !== "Enter" || event.ctrlKey || event.altKey || event.metaKey || event.isComposing || event.defaultPrevented || !box.matches("input")) return;
    event.preventDefault();
    const all = [...form.querySelectorAll("input:not([type=hidden]):not([type=checkbox]), textarea, select")].filter((each) => each.offsetParent !== null && (each.type !== "radio" || each.checked || !form.querySelector(`[name="${each.name}"]:checked`)));
    const next = all[all.indexOf(box) + 1];
    if (next) next.focus();
  });
  document.addEventListener("click", (event) => {
    const dropper = event.target.closest("[data-drops]");
    if (!dropper) return;
    document.getElementById(dropper.dataset.drops).replaceChildren();
    field("content").focus();
  });
  // What is unfolded is meant to be used.
  form.addEventListener("click", (event) => {
    const folded = event.target.closest("summary");
    if (folded) setTimeout(() => { const first = folded.parentElement.querySelector(".map, input, textarea, select"); if (folded.parentElement.open && first) first.focus(); }, 0);
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const part = event.detail.target;
    if (part.id === "intake-known") propose("title", document.getElementById("intake-headline").dataset.headline);
    if (part.id === "intake-place") {
      const told = part.querySelector("[data-street]");
      if (told) { propose("street", told.dataset.street); propose("community", told.dataset.community || ""); }
    }
    if (part.id === "intake-answer") { const box = document.getElementById("f-reply_text"); if (box) box.focus(); }
    if (part.id === "intake-caller" || part.id === "intake-known") { if (!rows().some((row) => row.getAttribute("aria-current"))) choose(0); }
  });
  choose(0);
})();
