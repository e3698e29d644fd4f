// A ready phrase goes into its reason without asking the server; its gate then fails.
"use strict";
document.addEventListener("click", (event) => {
  const button = event.target.closest("button[data-fills]");
  const field = button && document.getElementById(button.dataset.fills);
  if (!field) return;
  event.preventDefault();
  const words = button.textContent.trim();
  if (!field.value.includes(words)) field.value = `${field.value.trimEnd()}${field.value && /[\x21-\x7e]$/.test(field.value.trimEnd()) ? " " : ""}${words}`;
  const fails = button.closest("fieldset") && button.closest("fieldset").querySelector('input[value="fail"]');
  if (fails) fails.checked = true;
  field.dispatchEvent(new Event("input", { bubbles: true }));
  field.focus();
});
// Whoever says that a gate fails goes on to say why.
document.addEventListener("change", (event) => {
  if (event.target.value !== "fail" || !event.target.closest(".gate")) return;
  const gate = event.target.closest(".gate");
  const phrases = gate.querySelector("details.phrases");
  if (phrases) phrases.open = true;
  gate.querySelector("textarea").focus();
});
