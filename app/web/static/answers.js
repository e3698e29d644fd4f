// Number keys answer one question after another: the question that is marked has them.
"use strict";
(() => {
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];
  const asks = () => all("fieldset[data-ask]").filter((each) => each.offsetParent !== null);
  const answered = (each) => each.querySelector("input:checked") !== null;

  function mark(question) {
    all("fieldset[data-ask]").forEach((each) => {
      const here = each === question;
      each.classList.toggle("asked", here);
      all("input", each).forEach((input, place) => { if (here && place < 9) input.dataset.key = String(place + 1); else delete input.dataset.key; });
    });
  }
  const first = () => mark(asks().find((each) => !answered(each)));

  document.addEventListener("change", (event) => {
    const question = event.target.closest("fieldset[data-ask]");
    if (event.target.name === "call_outcome") { first(); return; }
    // Several may be ticked where ticks are asked for: that question keeps the keys.
    if (!question || event.target.type === "checkbox") return;
    const list = asks();
    mark(list.slice(list.indexOf(question) + 1).find((each) => !answered(each)) || list.find((each) => !answered(each)));
  });
  document.addEventListener("reset", () => setTimeout(first, 0));
  document.addEventListener("htmx:afterSettle", (event) => { if (event.detail.target.querySelector("fieldset[data-ask]")) first(); });
  first();
})();
