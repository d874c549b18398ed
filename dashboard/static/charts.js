"use strict";
// Draws every [data-chart] from the JSON at its data-src. Lines differ by dash and label, not by colour alone.
(() => {
  const colour = (name) => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
  const drawn = new Map();
  const unitName = (unit) => ({ "cm-1": "cm⁻¹", "1/cm": "cm⁻¹" })[unit] ?? unit;

  const axis = (label, extra = {}) => ({
    stroke: colour("--pico-color"), label, labelSize: label ? 22 : 0, labelGap: 0, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif",
    grid: { stroke: colour("--line"), width: 1 }, ticks: { stroke: colour("--line"), width: 1 }, ...extra,
  });

  // Days before months by name, 24 hours, in the zone of the browser; uPlot's own are 12 hours, month first.
  const zone = new Intl.DateTimeFormat("en-GB", { timeZoneName: "short" }).formatToParts(new Date()).find((part) => part.type === "timeZoneName")?.value ?? "";
  const times = [
    [86400, "{D} {MMM}", "\n{YYYY}", null, null, null, null, null, 1],
    [3600, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
    [60, "{HH}:{mm}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
    [1, "{HH}:{mm}:{ss}", "\n{D} {MMM} {YYYY}", null, "\n{D} {MMM}", null, null, null, 1],
  ];
  // One reading alone gets a minute around it; uPlot's own choice would be years.
  const timeRange = (u, first, last) => {
    if (first === null || first === undefined) return [Date.now() / 1000 - 3600, Date.now() / 1000];
    return last - first < 60 ? [first - 30, last + 30] : [first, last];
  };
  const timeSeries = { label: `time (${zone})`, value: "{D} {MMM} {YYYY}, {HH}:{mm}" };

  // A straight line across the chart at one value, with its name.
  const levelLine = (u, value, name, dash, left = false) => {
    if (value === null || value === undefined) return;
    const y = u.valToPos(value, "y", true);
    if (y < u.bbox.top - 1 || y > u.bbox.top + u.bbox.height + 1) return;
    const ctx = u.ctx;
    ctx.save();
    ctx.strokeStyle = colour("--pico-muted-color"); ctx.fillStyle = colour("--pico-muted-color");
    ctx.lineWidth = devicePixelRatio; ctx.setLineDash(dash.map((part) => part * devicePixelRatio));
    ctx.beginPath(); ctx.moveTo(u.bbox.left, y); ctx.lineTo(u.bbox.left + u.bbox.width, y); ctx.stroke();
    ctx.font = `${12 * devicePixelRatio}px system-ui, sans-serif`; ctx.textAlign = left ? "left" : "right"; ctx.textBaseline = "bottom";
    ctx.fillText(name, u.bbox.left + (left ? 4 * devicePixelRatio : u.bbox.width - 4 * devicePixelRatio), y - 2 * devicePixelRatio);
    ctx.restore();
  };

  const dashes = [[], [7, 5], [2, 4], [10, 4, 2, 4]];
  const tints = ["--bar", "--soon", "--urgent", "--grey"];
  const line = (item, index, extra = {}) => ({
    label: item.label, stroke: colour(tints[index % tints.length]), width: 2, dash: dashes[index % dashes.length],
    spanGaps: true, points: { show: false }, ...extra,
  });
  const reach = (values, ...more) => {
    const all = [...values.flat(), ...more].filter((value) => value !== null && value !== undefined);
    return all.length ? [Math.min(...all), Math.max(...all)] : [0, 1];
  };

  const temperature = (data, size) => {
    const [low, high] = reach(data.lines.map((item) => item.values), data.low, data.high);
    return [{
      ...size, scales: { x: { range: timeRange }, y: { range: [low - 3, high + 3] } },
      axes: [axis("", { values: times }), axis("°C")],
      series: [timeSeries, ...data.lines.map((item, index) => line(item, index, { value: (u, v) => (v === null ? "–" : `${v} °C`) }))],
      hooks: {
        drawClear: [(u) => {
          const top = u.valToPos(data.high, "y", true), bottom = u.valToPos(data.low, "y", true);
          u.ctx.save(); u.ctx.fillStyle = colour("--band");
          u.ctx.fillRect(u.bbox.left, top, u.bbox.width, bottom - top); u.ctx.restore();
        }],
        draw: [(u) => { levelLine(u, data.high, `${data.high} °C`, [6, 4]); levelLine(u, data.low, `${data.low} °C`, [6, 4]); }],
      },
    }, [data.x, ...data.lines.map((item) => item.values)]];
  };

  const stock = (data, size) => {
    const [, high] = reach(data.lines.map((item) => item.values), data.par, data.capacity, 1);
    return [{
      ...size, scales: { x: { range: timeRange }, y: { range: [0, high * 1.08] } },
      axes: [axis("", { values: times }), axis("items", { incrs: [1, 2, 5, 10, 20, 50, 100] })],
      series: [timeSeries, line(data.lines[0], 0, { paths: uPlot.paths.stepped({ align: 1 }), spanGaps: false, fill: colour("--band") })],
      hooks: { draw: [(u) => { levelLine(u, data.par, "par", [6, 4]); levelLine(u, data.minimum, "low", [2, 4], true); }] },
    }, [data.x, data.lines[0].values]];
  };

  // A triangle on every check that something speaks against: a shape, not a colour alone.
  const triangles = (u, failed) => {
    const side = 7 * devicePixelRatio, { ctx } = u;
    ctx.save(); ctx.fillStyle = colour("--urgent"); ctx.strokeStyle = colour("--panel"); ctx.lineWidth = devicePixelRatio;
    failed.forEach((is, index) => {
      if (!is) return;
      const x = u.valToPos(u.data[0][index], "x", true), y = u.valToPos(u.data[1][index], "y", true);
      ctx.beginPath(); ctx.moveTo(x, y - side); ctx.lineTo(x + side, y + side * 0.8); ctx.lineTo(x - side, y + side * 0.8); ctx.closePath(); ctx.fill(); ctx.stroke();
    });
    ctx.restore();
  };

  const control = (data, size) => {
    const fixed = data.usual === null ? [data.least, data.most] : [];
    const [low, high] = reach([data.lines[0].values], data.usual, data.usual_low, data.usual_high, ...fixed);
    const room = (high - low || Math.abs(high) || 1) * 0.15, unit = unitName(data.unit);
    const range = (u, first, last) => { const edge = Math.max(3600, (last - first) * 0.03); return [first - edge, last + 4 * edge]; };
    return [{
      ...size, scales: { x: { range }, y: { range: [low - room, high + room] } },
      axes: [axis("", { values: times }), axis(unit, { size: 60 })],
      series: [timeSeries, line(data.lines[0], 0, { width: 1.5, points: { show: true, size: 7, fill: colour("--bar") }, value: (u, v, s, index) => (v === null || v === undefined ? "–" : `${v} ${unit}${data.failed[index] ? ", failed" : ""}`) })],
      hooks: { draw: [(u) => {
        const apart = Math.abs(u.valToPos(data.usual_low ?? 0, "y") - u.valToPos(data.usual_high ?? 0, "y")) > 40;
        levelLine(u, data.usual, "usual", []); levelLine(u, data.usual_low, apart ? "3 sd" : "", [6, 4], true); levelLine(u, data.usual_high, "3 sd", [6, 4], true);
        levelLine(u, data.least, "limit", [2, 4]); levelLine(u, data.most, "limit", [2, 4]); triangles(u, data.failed);
      }] },
    }, [data.x, data.lines[0].values]];
  };

  const spectrum = (data, size, only) => {
    const lines = only === "residual" ? [{ label: "residual", values: data.residual }] : data.lines;
    return [{
      ...size, height: only === "residual" ? 150 : size.height, cursor: { sync: { key: "spectrum" } },
      scales: { x: { time: false, dir: data.reversed ? -1 : 1 }, y: {} },
      axes: [axis(only === "residual" ? unitName(data.unit) : ""), axis(only === "residual" ? "left over" : "signal")],
      series: [{ label: unitName(data.unit) || "axis" }, ...lines.map((item, index) => line(item, only === "residual" ? 3 : index, { width: 1.5, dash: only === "residual" ? [] : dashes[index], value: (u, v) => (v === null ? "–" : v.toPrecision(3)) }))],
    }, [data.x, ...lines.map((item) => item.values)]];
  };

  const plots = (node, data) => {
    const size = { width: Math.max(220, node.clientWidth - 16), height: node.classList.contains("tall") ? 320 : 240 };
    if (node.dataset.chart === "temperature") return [temperature(data, size)];
    if (node.dataset.chart === "stock") return [stock(data, size)];
    if (node.dataset.chart === "control") return [control(data, size)];
    return data.residual.length ? [spectrum(data, size, ""), spectrum(data, size, "residual")] : [spectrum(data, size, "")];
  };

  const draw = (node, data) => {
    for (const old of drawn.get(node)?.plots ?? []) old.destroy();
    node.replaceChildren();
    const filled = data.x.length && data.lines.some((item) => item.values.some((value) => value !== null));
    if (!filled) {
      const words = document.createElement("p");
      words.className = "none"; words.textContent = "Nothing to draw yet.";
      node.append(words); drawn.set(node, { data, plots: [] });
      return;
    }
    drawn.set(node, { data, plots: plots(node, data).map(([options, values]) => new uPlot(options, values, node)) });
  };

  const load = async (node) => {
    const pick = document.querySelector(`[data-chart-pick="${node.id}"]`);
    const query = pick && node.id ? `?selection=${encodeURIComponent(pick.value)}` : "";
    if (node.dataset.chart === "stock" && !pick) { draw(node, { x: [], lines: [] }); return; }
    try {
      const answer = await fetch(node.dataset.src + query, { credentials: "same-origin", headers: { "HX-Request": "true" } });
      if (!answer.ok) return;
      const text = await answer.text();
      if (node.dataset.last === undefined || drawn.get(node)?.text !== text) {
        draw(node, JSON.parse(text)); drawn.get(node).text = text; node.dataset.last = "";
      }
    } catch { /* the bar at the top says that the hub is cut off */ }
  };

  const redraw = () => drawn.forEach((kept, node) => { const { text } = kept; draw(node, kept.data); drawn.get(node).text = text; });

  for (const node of document.querySelectorAll("[data-chart]")) {
    load(node);
    const everyS = Number(node.dataset.everyS);
    if (everyS) setInterval(() => { if (!document.hidden) load(node); }, everyS * 1000);
  }
  for (const pick of document.querySelectorAll("[data-chart-pick]")) {
    pick.addEventListener("change", () => load(document.getElementById(pick.dataset.chartPick)));
  }
  let later = 0;
  addEventListener("resize", () => { clearTimeout(later); later = setTimeout(redraw, 150); });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
})();
