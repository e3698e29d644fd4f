// What a part keeps when it is fetched anew: the row one stands on, the focus, ticks, what was typed and not sent, what was folded out.
"use strict";
(() => {
  const all = (selector, within) => [...within.querySelectorAll(selector)];
  const FIELDS = "input:not([type=hidden]):not([type=file]):not([type=password]), textarea, select";
  const FOCUS = "a, button, input, select, textarea, summary";

  // Rows, fields and folds are known by what they lead to or are called, never by their place: a new row moves all others down.
  const rowName = (row) => {
    if (!row) return "";
    const link = row.matches("a") ? row : row.querySelector("a[href]"), box = row.querySelector("input[data-row]");
    return row.id || (box && box.value) || (link ? link.getAttribute("href") : "");
  };
  const within = (element) => rowName(element.closest("[data-item]"));
  const boxed = (field) => field.type === "checkbox" || field.type === "radio";
  const fieldName = (field) => [within(field), field.form ? field.form.getAttribute("action") : "", field.name, boxed(field) ? field.value : ""].join("|");
  const foldName = (fold) => [within(fold), fold.id, fold.firstElementChild ? fold.firstElementChild.textContent.replace(/[\d\s]+/g, "") : ""].join("|");
  const touched = (field) => {
    if (boxed(field)) return field.checked !== field.defaultChecked;
    if (field.tagName === "SELECT") return [...field.options].some((option) => option.selected !== option.defaultSelected);
    return field.value !== field.defaultValue;
  };

  // What is fetched for another reason than to be fresh brings its own fields; ticks, and what has a name to be unfolded by, stay all the same.
  const fieldsOf = (part, fresh) => all(fresh ? FIELDS : "input[type=checkbox][data-row]", part);
  const foldsOf = (part, fresh) => all(fresh ? "details" : "details[id]", part);

  function kept(part, fresh) {
    const here = part.querySelector("[data-item][data-here]"), at = document.activeElement;
    const row = at && part.contains(at) ? at.closest("[data-item]") : null;
    return {
      fresh,
      here: rowName(here),
      focus: row ? { row: rowName(row), place: row === at ? -1 : all(FOCUS, row).indexOf(at) } : null,
      fields: new Map(fieldsOf(part, fresh).filter(touched).map((field) => [fieldName(field), boxed(field) ? field.checked : field.value])),
      folds: new Map(foldsOf(part, fresh).map((fold) => [foldName(fold), fold.open])),
    };
  }

  function put(part, was) {
    foldsOf(part, was.fresh).forEach((fold) => { if (was.folds.has(foldName(fold))) fold.open = was.folds.get(foldName(fold)); });
    fieldsOf(part, was.fresh).forEach((field) => {
      const told = was.fields.get(fieldName(field));
      if (boxed(field)) field.checked = told === undefined ? field.defaultChecked : told;
      else if (told !== undefined) field.value = told;
    });
    if (!was.fresh) return;
    const rows = all("[data-item]", part);
    const here = was.here && rows.find((row) => rowName(row) === was.here);
    if (here) rows.forEach((row) => row.toggleAttribute("data-here", row === here));
    const row = was.focus && rows.find((each) => rowName(each) === was.focus.row);
    const at = row && (was.focus.place < 0 ? row : all(FOCUS, row)[was.focus.place] || row.querySelector(FOCUS));
    if (at && at !== document.activeElement) at.focus({ preventScroll: true });
  }

  const parts = new WeakMap();
  const refreshes = (event) => Boolean(((event.detail.requestConfig || {}).headers || {})["X-Refresh"]);
  document.addEventListener("htmx:beforeRequest", (event) => {
    // A file that was chosen and not sent cannot be put back.
    if (refreshes(event) && all("input[type=file]", event.detail.elt).some((field) => field.files.length)) event.preventDefault();
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    // A refusal of ours is said elsewhere; an answer that is no page of ours leaves standing what was shown last.
    if (refreshes(event) && event.detail.xhr.status >= 400 && event.detail.target === event.detail.elt) event.detail.shouldSwap = false;
    parts.set(event.detail.target, kept(event.detail.target, refreshes(event)));
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    const was = parts.get(event.detail.target);
    if (was) { parts.delete(event.detail.target); put(event.detail.target, was); }
  });
})();
