// Charts of the overview: today's hours as bars against the usual ones as a line. Data stand in attributes, since no script stands in pages.
"use strict";
(() => {
  const narrow = matchMedia("(max-width: 767px)").matches;
  function draw(box) {
    const data = JSON.parse(box.dataset.drawn), dark = "dark" in box.dataset;
    const chart = echarts.getInstanceByDom(box) || echarts.init(box, null, { renderer: "canvas" });
    const ink = dark ? "#9fb3c8" : "#57606a", line = dark ? "#24405c" : "#e3e7ec", bar = dark ? "#4aa3ff" : "#0b5cad", usual = dark ? "#f2c14e" : "#8a5a00";
    chart.setOption({
      animation: false,
      textStyle: { fontFamily: getComputedStyle(box).fontFamily },
      grid: { left: 36, right: 12, top: 28, bottom: 24 },
      tooltip: { trigger: "axis", renderMode: "richText" },
      legend: { top: 0, right: 0, itemHeight: 8, textStyle: { color: ink, fontSize: 12 } },
      xAxis: { type: "category", data: data.hours, axisLabel: { color: ink, interval: narrow ? 5 : 2 }, axisLine: { lineStyle: { color: line } }, axisTick: { show: false } },
      yAxis: { type: "value", minInterval: 1, axisLabel: { color: ink }, splitLine: { lineStyle: { color: line } } },
      series: [
        { name: data.names.today, type: "bar", data: data.today, itemStyle: { color: bar }, barMaxWidth: 18 },
        { name: data.names.usual, type: "line", data: data.usual, symbol: "none", lineStyle: { color: usual, type: "dashed", width: 1.6 }, itemStyle: { color: usual }, connectNulls: true },
      ],
    });
  }
  const all = () => document.querySelectorAll("[data-chart]").forEach(draw);
  // A morphed page keeps the box but not what was drawn in it.
  document.addEventListener("htmx:beforeSwap", () => document.querySelectorAll("[data-chart]").forEach((box) => { const chart = echarts.getInstanceByDom(box); if (chart) chart.dispose(); }));
  document.addEventListener("htmx:afterSwap", all);
  addEventListener("resize", () => document.querySelectorAll("[data-chart]").forEach((box) => { const chart = echarts.getInstanceByDom(box); if (chart) chart.resize(); }));
  all();
})();
