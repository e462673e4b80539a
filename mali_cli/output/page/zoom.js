// Zoom of a map: buttons, two fingers, or Ctrl and the wheel; a zoomed map is moved by dragging it.

const MAX_ZOOM = 8, ZOOM_STEP = 1.6;
const shownMap = (chart, svg) => { // the layers of the map, without the legend below it
  const mark = svg.querySelector("[data-row]"), layers = mark.parentElement.parentElement;
  const clip = svg.querySelector("clipPath");
  const [width, height] = ["width", "height"].map((name) => Number(clip.firstElementChild.getAttribute(name)));
  return { layers, clip, width, height };
};
// Marks and names grow less than the map, so that they move apart. A mark is scaled about its centre, and so are its
// name, the background behind it and the line to it; any other text about its own centre.
const GROWTH = 0.3; // of marks and names: the power of the zoom
const centreOf = (shape) => {
  const { x, y, width, height } = shape.getBBox(), { e, f } = shape.transform.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 };
  return { x: x + width / 2 + e, y: y + height / 2 + f, width, height };
};
const nearest = (centres, { x, y }, isAllowed = () => true) => centres.filter(isAllowed).reduce((best, centre) => {
  const distance = Math.hypot(centre.x - x, centre.y - y) - (centre.radius ?? 0);
  return best && best.distance <= distance ? best : { centre, distance };
}, null);
const shapesOf = (chart, svg, map) => {
  const rowOfName = new Map(chart.names), drawn = [...map.layers.querySelectorAll("path, text, line")];
  const marks = drawn.filter((shape) => shape.dataset.row).map((shape) => ({ row: rowOf(shape), ...centreOf(shape) }))
    .map((mark) => ({ ...mark, radius: mark.width / 2 }));
  const markOf = (row) => marks.find((mark) => mark.row === row);
  const names = drawn.filter((shape) => rowOfName.has(shape))
    .map((shape) => ({ ...centreOf(shape), mark: markOf(rowOfName.get(shape)) }));
  const originOf = (shape) => {
    const centre = centreOf(shape);
    if (shape.dataset.row) return centre;
    if (shape.dataset.part) return markOf(Number(shape.dataset.part));
    if (rowOfName.has(shape)) return markOf(rowOfName.get(shape));
    if (shape.tagName === "line") return nearest(marks, startOf(shape))?.centre;
    return shape.tagName === "path" ? nearest(names, centre)?.centre.mark : centre;
  };
  return drawn.filter((shape) => !shape.parentElement.hasAttribute("clip-path")) // outlines
    .map((shape) => ({ shape, transform: shape.getAttribute("transform") ?? "", isFrame: centreOf(shape).width > map.width * 0.9 }))
    .map((entry) => ({ ...entry, origin: originOf(entry.shape) })).filter(({ origin }) => origin);
};
const startOf = (line) => {
  const { e, f } = line.transform.baseVal.consolidate()?.matrix ?? { e: 0, f: 0 };
  return { x: e, y: f };
};

const setUpZoom = (chart) => {
  const zoom = { scale: 1, x: 0, y: 0, maps: new Map() };
  chart.zoom = zoom;
  for (const svg of chart.svgs) svg.classList.add("zoomable");
  const buttons = chart.section.querySelector(".zoom");
  buttons.hidden = false;
  for (const [name, factor] of [["in", ZOOM_STEP], ["out", 1 / ZOOM_STEP], ["reset", 0]]) {
    buttons.querySelector(`.${name}`).addEventListener("click", () => zoomBy(chart, factor));
  }
  chart.figure.addEventListener("wheel", (event) => {
    const svg = event.target.closest("svg.chart");
    if (!event.ctrlKey || !svg) return;
    event.preventDefault();
    zoomBy(chart, Math.exp(-event.deltaY / 200), pointOnMap(svg, event));
  }, { passive: false });
  setUpDragging(chart);
  applyZoom(chart);
};
const mapOf = (chart, svg) => {
  if (!chart.zoom.maps.has(svg)) {
    const map = shownMap(chart, svg);
    map.shapes = shapesOf(chart, svg, map);
    map.middle = middleOfMarks(chart, svg);
    map.layers.parentElement.setAttribute("clip-path", `url(#${map.clip.id})`);
    chart.zoom.maps.set(svg, map);
  }
  return chart.zoom.maps.get(svg);
};
const middleOfMarks = (chart, svg) => {
  const centres = [...svg.querySelectorAll("[data-row]")].map(centreOf);
  const mean = (name) => centres.reduce((sum, centre) => sum + centre[name], 0) / centres.length;
  return { x: mean("x"), y: mean("y") };
};
const pointOnMap = (svg, event) => { // in the units of the chart
  const box = svg.getBoundingClientRect(), units = svg.viewBox.baseVal.width / box.width;
  return { x: (event.clientX - box.left) * units, y: (event.clientY - box.top) * units };
};

// Zoom so that the point stays where it is; a factor of 0 shows the whole map.
const zoomBy = (chart, factor, point) => {
  const { zoom } = chart, svg = visibleSvg(chart), map = mapOf(chart, svg);
  const chosen = map.shapes.find(({ shape }) => shape.classList.contains("selected"))?.origin ?? map.middle;
  const { x, y } = point ?? { x: zoom.x + chosen.x * zoom.scale, y: zoom.y + chosen.y * zoom.scale };
  const scale = factor ? Math.max(1, Math.min(MAX_ZOOM, zoom.scale * factor)) : 1;
  moveTo(chart, map, scale, x - (x - zoom.x) * scale / zoom.scale, y - (y - zoom.y) * scale / zoom.scale);
};
const moveTo = (chart, map, scale, x, y) => {
  const within = (value, length) => Math.min(0, Math.max(length * (1 - scale), value));
  Object.assign(chart.zoom, { scale, x: within(x, map.width), y: within(y, map.height) });
  applyZoom(chart);
};
const applyZoom = (chart) => {
  const { scale, x, y } = chart.zoom, svg = visibleSvg(chart);
  chart.section.classList.toggle("zoomed", scale > 1);
  for (const [name, isOff] of [["in", scale >= MAX_ZOOM], ["out", scale <= 1], ["reset", scale <= 1]]) {
    chart.section.querySelector(`.zoom .${name}`).disabled = isOff;
  }
  if (!svg || (scale === 1 && !chart.zoom.maps.has(svg))) return;
  const map = mapOf(chart, svg), shrink = scale ** (GROWTH - 1);
  map.layers.setAttribute("transform", `translate(${x},${y}) scale(${scale})`);
  for (const { shape, origin, transform, isFrame } of map.shapes) {
    const change = isFrame
      ? `scale(${1 / scale}) translate(${-x},${-y})`
      : `translate(${origin.x},${origin.y}) scale(${shrink}) translate(${-origin.x},${-origin.y})`;
    shape.setAttribute("transform", `${change} ${transform}`);
  }
  chart.boxes.clear();
  showChosenTooltip(chart);
};

const setUpDragging = (chart) => {
  const fingers = new Map(); // the last point of each finger or of the mouse
  let hasMoved = false;
  const release = (event) => { fingers.delete(event.pointerId); };
  chart.figure.addEventListener("pointerdown", (event) => {
    hasMoved = false;
    if (!event.target.closest("svg.chart")) return;
    fingers.set(event.pointerId, { x: event.clientX, y: event.clientY });
  });
  chart.figure.addEventListener("pointermove", (event) => {
    const previous = fingers.get(event.pointerId), svg = visibleSvg(chart);
    if (!previous || Math.hypot(event.clientX - previous.x, event.clientY - previous.y) < (hasMoved ? 1 : 4)) return;
    const others = [...fingers.entries()].filter(([id]) => id !== event.pointerId).map(([, point]) => point);
    const now = { x: event.clientX, y: event.clientY };
    if (others.length) pinch(chart, svg, previous, now, others[0]);
    else if (chart.zoom.scale > 1) drag(chart, svg, previous, now);
    else return;
    hasMoved = true;
    fingers.set(event.pointerId, now);
  });
  for (const kind of ["pointerup", "pointercancel", "pointerleave"]) chart.figure.addEventListener(kind, release);
  // The end of a drag is no click on a mark.
  chart.figure.addEventListener("click", (event) => {
    if (hasMoved) event.stopImmediatePropagation();
    hasMoved = false;
  }, { capture: true });
};
const drag = (chart, svg, from, to) => {
  const units = svg.viewBox.baseVal.width / svg.getBoundingClientRect().width, { zoom } = chart;
  moveTo(chart, mapOf(chart, svg), zoom.scale, zoom.x + (to.x - from.x) * units, zoom.y + (to.y - from.y) * units);
};
const pinch = (chart, svg, from, to, other) => {
  const distance = (a, b) => Math.max(1, Math.hypot(a.x - b.x, a.y - b.y));
  const middle = { clientX: (to.x + other.x) / 2, clientY: (to.y + other.y) / 2 };
  zoomBy(chart, distance(to, other) / distance(from, other), pointOnMap(svg, middle));
};
