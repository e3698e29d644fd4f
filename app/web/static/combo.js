// A box that offers what is meant while it is typed: <input data-combo="/pick/categories">, also /pick/units and /pick/streets.
// What is chosen stands in the box as the door reads it: its code, then its words. With data-combo-many each part between commas is one.
// Without this script the box is a plain one that takes a code or words, with its datalist if it has one.
// Keys: down and up go through the list, Enter or Tab takes the marked one, Escape closes. `combo:chosen` is told when one was taken.
"use strict";
(() => {
  const english = document.documentElement.lang === "en";
  let count = 0;

  function part(input) {
    const start = "comboMany" in input.dataset ? Math.max(...[",", "，", "、"].map((sign) => input.value.lastIndexOf(sign))) + 1 : 0;
    return { before: input.value.slice(0, start), words: input.value.slice(start).trim() };
  }

  function enhance(input) {
    if (input.dataset.comboMade) return;
    input.dataset.comboMade = "1";
    const list = document.createElement("ul"), told = document.createElement("span"), wrap = document.createElement("div");
    list.id = `combo-${(count += 1)}`;
    list.className = "combo-list";
    list.hidden = true;
    list.setAttribute("role", "listbox");
    const label = input.labels && input.labels[0];
    list.setAttribute("aria-label", label ? label.textContent.trim() : input.name);
    told.className = "visually-hidden";
    told.setAttribute("role", "status");
    wrap.className = "combo";
    const held = document.activeElement === input;
    input.before(wrap);
    wrap.append(input, list, told);
    if (held) input.focus();
    input.removeAttribute("list");
    for (const [name, value] of Object.entries({ role: "combobox", "aria-expanded": "false", "aria-controls": list.id, "aria-autocomplete": "list", autocomplete: "off" })) input.setAttribute(name, value);
    let asked = 0, timer = 0, marked = -1;
    const lines = () => [...list.children];

    function mark(place) {
      const all = lines();
      marked = all.length ? (place + all.length) % all.length : -1;
      all.forEach((line, at) => line.setAttribute("aria-selected", String(at === marked)));
      if (marked < 0) { input.removeAttribute("aria-activedescendant"); return; }
      input.setAttribute("aria-activedescendant", all[marked].id);
      all[marked].scrollIntoView({ block: "nearest" });
    }
    function close() {
      clearTimeout(timer);
      timer = 0;
      asked += 1;
      list.hidden = true;
      input.setAttribute("aria-expanded", "false");
      input.removeAttribute("aria-activedescendant");
      marked = -1;
    }
    function take(line) {
      const many = "comboMany" in input.dataset;
      input.value = `${part(input).before}${part(input).before ? " " : ""}${line.dataset.value}${many ? "，" : ""}`;
      close();
      input.dispatchEvent(new CustomEvent("combo:chosen", { bubbles: true, detail: { value: line.dataset.value } }));
      input.dispatchEvent(new Event("change", { bubbles: true }));
    }
    async function ask() {
      const { words } = part(input), mine = (asked += 1);
      if (!words) { close(); return; }
      const way = `${input.dataset.combo}${input.dataset.combo.includes("?") ? "&" : "?"}q=${encodeURIComponent(words)}`;
      const answer = await fetch(way, { credentials: "same-origin", headers: { "HX-Request": "true" } }).catch(() => null);
      if (mine !== asked || !answer || !answer.ok || document.activeElement !== input) return;
      const held = document.createElement("template");
      held.innerHTML = await answer.text();
      if (mine !== asked) return;
      list.replaceChildren(...held.content.querySelectorAll("li"));
      lines().forEach((line, at) => { line.id = `${list.id}-${at}`; });
      list.hidden = !lines().length;
      input.setAttribute("aria-expanded", String(!list.hidden));
      told.textContent = english ? `${lines().length} offered` : `${lines().length} 项可选`;
      mark(0);
    }
    input.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(ask, 120); });
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        if (list.hidden) ask(); else mark(marked + (event.key === "ArrowDown" ? 1 : -1));
      } else if ((event.key === "Enter" || event.key === "Tab") && !list.hidden && marked >= 0) {
        if (event.key === "Enter") event.preventDefault();
        take(lines()[marked]);
      } else if (event.key === "Enter" && !event.defaultPrevented && timer && !event.shiftKey && input.value && document.activeElement === input) {
        // Whoever types fast and presses Enter means the first that is offered, not to send the form.
        event.preventDefault();
        ask();
      } else if (event.key === "Escape" && !list.hidden) { event.preventDefault(); event.stopPropagation(); close(); }
    });
    list.addEventListener("mousedown", (event) => event.preventDefault());
    list.addEventListener("click", (event) => { const line = event.target.closest("li"); if (line) take(line); });
    input.addEventListener("blur", close);
  }

  const all = () => document.querySelectorAll("input[data-combo]").forEach(enhance);
  document.addEventListener("htmx:afterSettle", all);
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", all); else all();
})();
