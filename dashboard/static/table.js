"use strict";
// While an instrument measures, say so, and let nobody send the form twice.
(() => {
  document.addEventListener("submit", (event) => {
    const words = event.target.dataset?.busy;
    for (const button of event.target.querySelectorAll("button")) setTimeout(() => { button.disabled = true; }, 0);
    if (!words) return;
    const cover = document.createElement("div");
    cover.className = "busy";
    cover.setAttribute("role", "status");
    cover.textContent = words;
    document.body.append(cover);
  });
  // A page that comes back from the browser's memory must not stay covered.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
})();
