// Words put where one writes: a button with data-insert="words" data-into="id of a textarea" puts them at the place of the cursor.
"use strict";
(() => {
  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-insert]");
    const area = button && document.getElementById(button.dataset.into);
    if (!area) return;
    event.preventDefault();
    const before = area.value.slice(0, area.selectionStart), after = area.value.slice(area.selectionEnd);
    const gap = before && !before.endsWith("\n") ? "\n" : "";
    area.value = `${before}${gap}${button.dataset.insert}${after}`;
    area.selectionStart = area.selectionEnd = before.length + gap.length + button.dataset.insert.length;
    area.focus();
    area.dispatchEvent(new Event("input", { bubbles: true }));
  });
})();
