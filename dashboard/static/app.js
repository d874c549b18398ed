"use strict";
// Keeps ages and moments right, polls only while somebody looks, and says so when the hub is cut off.
(() => {
  const meta = document.querySelector('meta[name="server-now-ms"]');
  const offsetMs = meta ? Number(meta.content) - Date.now() : 0; // this device's clock may be wrong
  const nowMs = () => Date.now() + offsetMs;
  let lastGoodMs = Date.now();

  const ageWords = (seconds) => {
    const whole = Math.max(0, Math.floor(seconds));
    for (const [unit, size] of [["d", 86400], ["h", 3600], ["min", 60]]) {
      if (whole >= size) return `${Math.floor(whole / size)} ${unit}`;
    }
    return `${whole} s`;
  };
  // One form for everybody, "24 Nov 2026, 01:27 CET": day before month by name, 24 hours, and the zone.
  const clock = (ms) => new Date(ms).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
  const moment = (ms) => new Date(ms).toLocaleString("en-GB", { day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit", timeZoneName: "short" });

  const refreshAges = () => {
    for (const node of document.querySelectorAll("time.age")) {
      const seconds = (nowMs() - Number(node.dataset.ms)) / 1000;
      const old = node.dataset.staleS !== undefined && seconds > Number(node.dataset.staleS);
      const words = `${ageWords(seconds)} ago${old ? ": may be out of date" : ""}`;
      if (node.textContent !== words) node.textContent = words;
      node.classList.toggle("old", old);
    }
    for (const node of document.querySelectorAll("time.moment:not([data-local])")) {
      node.textContent = moment(Number(node.dataset.ms));
      node.dataset.local = "";
    }
  };

  const cutOff = (isCut) => {
    const bar = document.getElementById("cut-off");
    if (!bar || bar.hidden === !isCut) return;
    document.getElementById("cut-off-since").textContent = clock(lastGoodMs);
    bar.hidden = !isCut;
  };

  const fresh = () => {
    for (const node of document.querySelectorAll("[hx-trigger]")) htmx.trigger(node, "fresh");
  };

  document.addEventListener("htmx:beforeRequest", (event) => {
    const polls = event.detail.requestConfig?.verb === "get" && event.target.hasAttribute("hx-trigger");
    const inUse = event.target.contains(document.activeElement) && document.activeElement.matches("button:active, select");
    if (polls && (document.hidden || inUse)) event.preventDefault();
  });
  // A link or button keeps the keyboard's focus when the part around it is drawn anew.
  let focused = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    const node = document.activeElement;
    focused = null;
    if (!event.target.contains(node) || node === event.target) return;
    focused = node.getAttribute("href") ? `[href="${CSS.escape(node.getAttribute("href"))}"]`
      : node.getAttribute("aria-label") ? `[aria-label="${CSS.escape(node.getAttribute("aria-label"))}"]` : null;
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    refreshAges();
    if (focused) event.target.querySelector(focused)?.focus({ preventScroll: true });
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    const good = event.detail.successful;
    if (good) lastGoodMs = Date.now();
    cutOff(!good && !(event.detail.xhr?.status === 401));
  });
  document.addEventListener("visibilitychange", () => {
    if (!document.hidden) fresh();
  });
  refreshAges();
  setInterval(refreshAges, 1000);
})();
