// What makes pages lively: panels, keys, the palette, parts that refresh without losing place, and forms that lose nothing.
"use strict";
(() => {
  const $ = (id) => document.getElementById(id);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const typing = (element) => element && element.closest("input:not([type=radio]):not([type=checkbox]), textarea, select, [contenteditable]");
  const meta = document.querySelector('meta[name="csrf"]');

  // --- what is said ---
  function say(words, bad = false) {
    if (!words) return;
    const line = document.createElement("p");
    line.className = bad ? "toast-line toast-bad" : "toast-line";
    line.textContent = words;
    $("said").append(line);
  }
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes) {
      if (node.nodeType === 1) setTimeout(() => node.remove(), node.classList.contains("toast-bad") ? 12000 : Number(node.dataset.stays || 6) * 1000);
    }
  }).observe($("said"), { childList: true });
  all("#said > *").forEach((node) => setTimeout(() => node.remove(), Number(node.dataset.stays || 6) * 1000));

  // --- requests ---
  document.addEventListener("htmx:configRequest", (event) => {
    if (meta && meta.content) event.detail.headers["X-CSRF-Token"] = meta.content;
  });
  document.addEventListener("htmx:beforeRequest", (event) => {
    // A part refreshes itself only while somebody may be looking, and never while its own form is being filled in.
    const refresh = (event.detail.requestConfig.headers || {})["X-Refresh"];
    const source = event.detail.elt;
    if (refresh && (document.hidden || (source.contains(document.activeElement) && typing(document.activeElement)))) event.preventDefault();
    if (source.tagName === "FORM") all("button[type=submit]", source).forEach((button) => (button.disabled = true));
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    if (event.detail.elt.tagName === "FORM") all("button[type=submit]", event.detail.elt).forEach((button) => (button.disabled = false));
  });
  document.addEventListener("htmx:sendError", () => say(document.documentElement.lang === "en" ? "The server cannot be reached; nothing you typed is lost." : "连接不上服务器，您填写的内容没有丢失。", true));
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post" || form.hasAttribute("hx-post")) return;
    // The browser goes on to another page: a second click must not send a second time.
    setTimeout(() => all("button[type=submit]", form).forEach((button) => (button.disabled = true)), 0);
  });
  window.addEventListener("pageshow", () => all("form button[type=submit][disabled]:not([data-off])").forEach((button) => (button.disabled = false)));

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target.id === "act-body") open("act");
    if (event.detail.target.id === "signin-body") open("signin");
    counts();
  });

  // --- panels ---
  function open(id) {
    const panel = $(id);
    if (!panel.open) panel.showModal();
    const first = panel.querySelector("[aria-invalid=true], [autofocus], input:not([type=hidden]), textarea, select, button");
    if (first) first.focus();
  }
  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-opens]");
    if (opener) { if (opener.dataset.opens === "palette") palette(); else open(opener.dataset.opens); }
    if (event.target.closest("[data-prints]")) window.print();
    const closer = event.target.closest("[data-closes]");
    if (closer) $(closer.dataset.closes).close();
    all("details.menu[open]").forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
    const one = event.target.closest("[data-tick-all]");
    if (one) all("input[type=checkbox][data-row]", one.closest("form, table, .queue")).forEach((box) => (box.checked = one.checked));
  });
  document.addEventListener("citydesk:done", (event) => {
    const act = $("act");
    if (act && act.open) act.close();
    say(event.detail.said);
    document.body.dispatchEvent(new CustomEvent("citydesk:changed"));
  });
  document.addEventListener("citydesk:signin", () => { if (!$("signin").open) htmx.ajax("GET", "/sign-in", { target: "#signin-body", swap: "innerHTML" }); });
  document.addEventListener("citydesk:signed-in", (event) => {
    // The new session's proof goes into every form that is open; what was typed has stayed where it was.
    meta.content = event.detail.csrf;
    all('input[name="csrf"]').forEach((field) => (field.value = event.detail.csrf));
    $("signin").close();
    say(document.documentElement.lang === "en" ? "Signed in again. Send the form once more." : "已重新登录，请再次提交。");
  });

  // --- words counted ---
  function counts() {
    all("textarea[data-counts]").forEach((area) => {
      if (area.dataset.counted) return;
      area.dataset.counted = "1";
      const told = document.createElement("p");
      told.className = "count-left";
      area.after(told);
      const tell = () => { told.textContent = `${[...area.value].length} / ${area.maxLength}`; };
      area.addEventListener("input", tell);
      tell();
    });
  }
  counts();

  // --- keys ---
  const rows = () => all("[data-list] [data-item]");
  function move(step) {
    const list = rows();
    if (!list.length) return;
    const at = list.findIndex((row) => row.contains(document.activeElement) || row.hasAttribute("data-here"));
    const next = list[Math.min(list.length - 1, Math.max(0, at + step))];
    list.forEach((row) => row.removeAttribute("data-here"));
    next.setAttribute("data-here", "");
    const link = next.matches("a, button") ? next : next.querySelector("a, button, input");
    (link || next).focus();
    next.scrollIntoView({ block: "nearest" });
  }
  function press(key) {
    const dialog = all("dialog[open]").pop();
    const found = all(`[data-key="${CSS.escape(key)}"]`, dialog || document).find((each) => each.offsetParent !== null && !each.disabled);
    if (!found) return false;
    if (typing(found)) { found.focus(); if (found.select) found.select(); } else found.click();
    return true;
  }
  // Keys with Alt or Ctrl work while somebody types: data-chord="Alt+1", "Ctrl+Shift+Enter". What stands in a row of those beside
  // is meant of the current row; with data-chord-any of the first one too.
  function chord(event) {
    const key = /^(Digit|Key)/.test(event.code) ? event.code.slice(-1) : event.key;
    return `${event.ctrlKey || event.metaKey ? "Ctrl+" : ""}${event.altKey ? "Alt+" : ""}${event.shiftKey ? "Shift+" : ""}${key}`;
  }
  document.addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey || event.altKey) || event.isComposing) return;
    const dialog = all("dialog[open]").pop();
    const found = all(`[data-chord="${CSS.escape(chord(event))}"]`, dialog || document).filter((each) => (each.offsetParent !== null || each.closest(".choice")) && !each.disabled);
    const one = found.find((each) => each.closest('[aria-current="true"]')) || found.find((each) => !each.closest("[data-beside]") || "chordAny" in each.dataset);
    if (!one) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (typing(one)) one.focus(); else one.click();
  }, true);
  document.addEventListener("keydown", (event) => {
    if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === "k" && $("palette")) { event.preventDefault(); palette(); return; }
    if ((event.ctrlKey || event.metaKey) && event.key === "Enter") {
      const form = document.activeElement && document.activeElement.closest("form");
      if (form) { event.preventDefault(); form.requestSubmit(); }
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    if (typing(document.activeElement)) { if (event.key === "Escape") document.activeElement.blur(); return; }
    if (event.key === "?" && $("keys")) { event.preventDefault(); help(); return; }
    if (press(event.key)) { event.preventDefault(); return; }
    if (all("dialog[open]").length) return;
    if (event.key === "j" || event.key === "k") { event.preventDefault(); move(event.key === "j" ? 1 : -1); }
    if (event.key === "x") { const row = document.querySelector("[data-here] input[type=checkbox]"); if (row) { event.preventDefault(); row.click(); } }
  });
  const nameOf = (element) => element.dataset.keyName || element.getAttribute("aria-label") || element.placeholder || ((element.labels && element.labels[0]) || element).textContent.trim();
  function help() {
    const list = $("keys-list");
    all("[data-own]", list).forEach((node) => node.remove());
    const known = new Set(["/"]);
    all("[data-key], [data-chord], [data-row-key]").filter((each) => each.offsetParent !== null).forEach((each) => {
      const key = document.createElement("dt"), words = document.createElement("dd"), cap = document.createElement("kbd");
      const own = each.dataset.key || each.dataset.chord || each.dataset.rowKey;
      if (known.has(own)) return;
      known.add(own);
      cap.textContent = own; key.append(cap); words.textContent = nameOf(each);
      key.dataset.own = words.dataset.own = "1";
      list.append(key, words);
    });
    open("keys");
  }

  // --- the palette ---
  let choices = [], chosen = 0;
  function palette() {
    const dialog = $("palette");
    if (!dialog || dialog.open) return;
    choices = [...all(".side nav a"), ...all("main .actions a, main .actions button")].map((each) => ({ words: each.textContent.trim(), go: () => each.click(), where: each.closest(".side") ? each.getAttribute("href") : "" }));
    // A question mark cannot be pressed where somebody types, this can.
    choices.push({ words: $("keys").querySelector("h2").textContent, go: help, where: "?" });
    dialog.showModal();
    $("palette-words").value = "";
    fill("");
    $("palette-words").focus();
  }
  function fill(words) {
    const wanted = words.trim().toLowerCase();
    const found = choices.filter((each) => `${each.words} ${each.where}`.toLowerCase().includes(wanted)).slice(0, 12);
    if (wanted) found.push({ words: `${document.documentElement.lang === "en" ? "Find tickets" : "查找工单"}：${words.trim()}`, go: () => { location.href = `/tickets?q=${encodeURIComponent(words.trim())}`; }, where: "" });
    chosen = 0;
    const list = $("palette-list");
    list.replaceChildren(...found.map((each, place) => {
      const line = document.createElement("li"), where = document.createElement("span");
      line.textContent = each.words; line.setAttribute("role", "option"); line.setAttribute("aria-selected", String(place === 0));
      where.className = "quiet"; where.textContent = each.where; line.append(where);
      line.addEventListener("click", () => { $("palette").close(); each.go(); });
      return line;
    }));
  }
  if ($("palette-words")) {
    $("palette-words").addEventListener("input", (event) => fill(event.target.value));
    $("palette-words").addEventListener("keydown", (event) => {
      const lines = all("#palette-list li");
      if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        event.preventDefault();
        chosen = Math.min(lines.length - 1, Math.max(0, chosen + (event.key === "ArrowDown" ? 1 : -1)));
        lines.forEach((line, place) => line.setAttribute("aria-selected", String(place === chosen)));
      }
      if (event.key === "Enter" && lines[chosen]) { event.preventDefault(); lines[chosen].click(); }
      // The browser would only empty the field.
      if (event.key === "Escape") { event.preventDefault(); $("palette").close(); }
    });
  }

  // On a narrow screen the menu begins closed.
  if (matchMedia("(max-width: 767px)").matches) all("details.side").forEach((side) => (side.open = false));
  window.citydesk = { say, open };
})();
