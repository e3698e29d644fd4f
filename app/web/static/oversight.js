// On the chosen row of a list one key opens the form of a measure.
"use strict";
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || document.querySelector("dialog[open]")) return;
  if (document.activeElement && document.activeElement.closest("input, textarea, select")) return;
  const row = document.querySelector("[data-list] [data-here]");
  const found = row && row.querySelector(`[data-row-key="${CSS.escape(event.key)}"]`);
  if (!found) return;
  event.preventDefault();
  found.click();
});
