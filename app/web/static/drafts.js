// What is typed into a form with data-draft="name" is kept on the server two seconds after the last key, and said beside the form.
"use strict";
(() => {
  const PAUSE = 2000;
  const timers = new WeakMap(), saving = new WeakMap(), sent = new WeakSet();
  const meta = document.querySelector('meta[name="csrf"]');
  const english = document.documentElement.lang === "en";
  const formOf = (event) => (event.target.closest ? event.target.closest("form[data-draft]") : null);

  function tell(form, words) {
    const line = form.querySelector("[data-draft-said]");
    if (line) line.textContent = words;
  }
  function typed(form) {
    const fields = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string" && name !== "key") fields.append(name, value);
    return fields;
  }
  async function save(form) {
    clearTimeout(timers.get(form));
    timers.delete(form);
    const asked = fetch(`/drafts/${encodeURIComponent(form.dataset.draft)}`, {
      method: "POST", body: typed(form), headers: { "HX-Request": "true", "X-CSRF-Token": meta ? meta.content : "" }, credentials: "same-origin", keepalive: document.hidden,
    });
    saving.set(form, asked);
    try {
      const answer = await asked;
      const told = answer.headers.get("HX-Trigger") || "";
      if (answer.ok) tell(form, JSON.parse(told)["citydesk:done"].said);
      else if (told === "citydesk:signin") document.dispatchEvent(new CustomEvent("citydesk:signin"));
      else tell(form, english ? "The draft could not be saved." : "草稿未能保存。");
    } catch {
      tell(form, english ? "No connection: the draft is not saved yet." : "网络不通，草稿尚未保存。");
    }
    if (saving.get(form) === asked) saving.delete(form);
  }
  function later(event) {
    const form = formOf(event);
    if (!form || event.target.type === "file") return;
    sent.delete(form);
    clearTimeout(timers.get(form));
    timers.set(form, setTimeout(() => save(form), PAUSE));
  }
  document.addEventListener("input", later);
  document.addEventListener("change", later);

  // What is on its way to the draft arrives before the form is sent, so that sending is the last thing that happens to it.
  document.addEventListener("submit", (event) => {
    const form = formOf(event);
    if (!form || sent.has(form)) return;
    const button = event.submitter;
    if (button && button.hasAttribute("data-draft-save")) {
      event.preventDefault();
      event.stopImmediatePropagation();
      save(form);
      return;
    }
    clearTimeout(timers.get(form));
    timers.delete(form);
    const asked = saving.get(form);
    if (!asked) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    asked.catch(() => null).then(() => { sent.add(form); form.requestSubmit(button || undefined); });
  }, true);

  // A phone that goes into the pocket may not come back to this page.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) document.querySelectorAll("form[data-draft]").forEach((form) => { if (timers.has(form)) save(form); });
  });
})();
