// The charts: their marks show numbers, choose what is listed, and fade if nothing listed belongs to them

const TAP_DISTANCE = 24; // pixels from a mark within which a tap selects it
const createChart = (section, chartData) => {
  const figure = section.querySelector("figure"), svgs = [...section.querySelectorAll("svg.chart")];
  const marks = svgs.flatMap((svg) => [...svg.querySelectorAll("[data-row]")]);
  const isTimeline = chartData.kind === "timeline"; // its marks are side by side: only horizontal distance counts
  return {
    ...chartData, section, figure, svgs, marks, isTimeline, key: isTimeline ? "period" : "place",
    tooltip: section.querySelector(".tooltip"), plotted: new Set(marks.map(rowOf)), boxes: new Map(),
  };
};
const rowOf = (mark) => Number(mark.dataset.row);
const charts = [];
const chartOfKind = (kind) => charts.find((chart) => chart.kind === kind);
const chosenRow = (chart) => {
  if (!state[chart.key]) return null;
  return [...chart.plotted].find((row) => chart.rows[row].name === state[chart.key]) ?? null;
};
const chooseRow = (chart, row) => choose({ [chart.key]: row === null ? "" : chart.rows[row].name, off: "", event: "" });
const toggleRow = (chart, row) => chooseRow(chart, row === chosenRow(chart) ? null : row);

// Events in no mark

const unplottedEvents = (chart) => events.map((_, index) => index).filter((index) => isInNoMark(chart, index));
const unplottedText = (chart) => {
  if (!chart) return "";
  return chart.isTimeline ? t("in no bar") : t("not on the map");
};
const describeUnplotted = (chart) => {
  const unplotted = unplottedEvents(chart), beyond = unplotted.filter((index) => chart.rows[chart.rowByEvent[index]]?.has_point);
  const text = `${pluralize(unplotted.length, "events")} ${unplottedText(chart)}`;
  if (chart.isTimeline) return text;
  const without = unplotted.length - beyond.length;
  const hasBoxes = [...chart.plotted].some((row) => !chart.rows[row].has_point); // of regions, areas and countries
  const reasons = [
    without ? t(hasBoxes ? "{n} without a point or a box" : "{n} without a point", formatNumber(without)) : "",
    beyond.length ? t("{n} beyond its edge", formatNumber(beyond.length)) : "",
  ];
  return `${text}${t(": ")}${reasons.filter(Boolean).join(", ")}`;
};
const setUpUnplotted = (chart) => {
  const button = chart.section.querySelector(".unplotted");
  if (!unplottedEvents(chart).length) return;
  button.textContent = describeUnplotted(chart);
  button.hidden = false;
  button.addEventListener("click", () => choose({
    off: state.off === chart.kind ? "" : chart.kind, place: "", period: "", event: "",
  }));
};

// Marks

const refreshMarks = (chart) => {
  const chosen = chosenRow(chart), isChosen = state[chart.key] !== "" || state.off === chart.kind;
  const hitRows = new Set(chart.rowByEvent.filter((_, index) => isHit(index, chart.key, "off")));
  const isDimmed = (row) => (isFiltered() && !hitRows.has(row) && row !== chosen) || (isChosen && row !== chosen);
  for (const mark of chart.marks) {
    const row = rowOf(mark);
    mark.classList.toggle("dimmed", isDimmed(row));
    mark.classList.toggle("selected", row === chosen);
    if (mark.hasAttribute("aria-pressed")) mark.setAttribute("aria-pressed", row === chosen);
  }
  for (const part of chart.section.querySelectorAll("[data-part]")) {
    part.classList.toggle("dimmed", isDimmed(Number(part.dataset.part)));
  }
  for (const [text, row] of chart.names) text.classList.toggle("dimmed", isDimmed(row));
  chart.section.querySelector(".unplotted").setAttribute("aria-pressed", state.off === chart.kind);
  showChosenTooltip(chart);
};
// A mark that is drawn in several parts, such as a circle in two colours, has its row on the last of them.
const nameParts = (chart) => {
  for (const mark of chart.marks) {
    for (let part = mark.previousElementSibling; part && !part.dataset.row; part = part.previousElementSibling) {
      part.dataset.part = mark.dataset.row;
    }
  }
};
// The names beside the marks of a map, such as "Gao: 31", "Gao 2013" or "Gao 2012: MNLA", with their rows.
const findNames = (chart) => {
  if (chart.isTimeline) return [];
  const rows = new Map([...chart.plotted].map((row) => [chart.rows[row].name, row]));
  const texts = chart.svgs.flatMap((svg) => [...svg.querySelectorAll("text")]);
  return texts.map((text) => [text, rows.get(text.textContent.replace(/( \d{4})?(: .*)?$/, ""))])
    .filter(([, row]) => row !== undefined);
};
const highlightRow = (chart, row) => {
  for (const mark of chart.marks) mark.classList.toggle("highlighted", rowOf(mark) === row);
};

// One tab stop per chart, arrow keys from mark to mark: in order of time, or the largest place first.
const setUpMarks = (chart) => {
  chart.names = findNames(chart);
  nameParts(chart);
  chart.inOrder = new Map();
  for (const svg of chart.svgs) {
    const firstMarks = new Map();
    for (const mark of svg.querySelectorAll("[data-row]")) {
      if (firstMarks.has(rowOf(mark))) continue;
      firstMarks.set(rowOf(mark), mark);
      mark.setAttribute("role", "button");
      mark.setAttribute("aria-pressed", "false");
      mark.setAttribute("tabindex", "-1");
    }
    const marks = [...firstMarks.keys()].sort((a, b) => a - b).map((row) => firstMarks.get(row));
    marks[0]?.setAttribute("tabindex", "0");
    chart.inOrder.set(svg, marks);
  }
};
const focusMark = (marks, target) => {
  for (const mark of marks) mark.setAttribute("tabindex", mark === target ? "0" : "-1");
  target.focus();
};
const onMarkKey = (chart, event) => {
  const mark = event.target.closest("[data-row]"), marks = chart.inOrder.get(event.target.closest("svg.chart"));
  if (!mark || !marks) return;
  const position = marks.indexOf(mark), last = marks.length - 1;
  const [next, previous] = [position + 1, position - 1];
  const targets = {
    ArrowRight: next, ArrowDown: next, ArrowLeft: previous, ArrowUp: previous, Home: 0, End: last,
  };
  if (event.key in targets) focusMark(marks, marks[Math.max(0, Math.min(targets[event.key], last))]);
  else if (event.key === "Enter" || event.key === " ") toggleRow(chart, rowOf(mark));
  else return;
  event.preventDefault();
};

// The pointer

const visibleSvg = (chart) => chart.svgs.find((svg) => svg.getBoundingClientRect().width > 0);
const rowBoxes = (chart, svg) => { // what the marks of each row take up, in pixels from the corner of the chart
  const corner = svg.getBoundingClientRect(), size = `${corner.width}x${corner.height}`;
  if (chart.boxes.get(svg)?.size === size) return chart.boxes.get(svg).boxes;
  const boxes = new Map();
  for (const mark of svg.querySelectorAll("[data-row]")) {
    const rect = mark.getBoundingClientRect(), row = rowOf(mark), previous = boxes.get(row);
    const [x, y] = [rect.left - corner.left, rect.top - corner.top];
    const box = { left: x, right: x + rect.width, top: y, bottom: y + rect.height };
    boxes.set(row, previous ? {
      left: Math.min(previous.left, box.left), right: Math.max(previous.right, box.right),
      top: Math.min(previous.top, box.top), bottom: Math.max(previous.bottom, box.bottom),
    } : box);
  }
  chart.boxes.set(svg, { size, boxes });
  return boxes;
};
// The rows at the pointer: the nearest one, or all whose circles are there.
const rowsAtPointer = (chart, svg, event) => {
  const corner = svg.getBoundingClientRect();
  const x = event.clientX - corner.left, y = event.clientY - corner.top;
  const near = [];
  for (const [row, box] of rowBoxes(chart, svg)) {
    const middle = (box.left + box.right) / 2, radius = (box.right - box.left) / 2;
    const distance = chart.isTimeline ? Math.abs(x - middle) : Math.hypot(x - middle, y - (box.top + box.bottom) / 2);
    if (distance <= radius + TAP_DISTANCE) near.push({ row, radius, distance, gap: distance - radius });
  }
  const inside = near.filter((mark) => mark.gap <= 1);
  const roundedDistance = (mark) => Math.round(mark.distance / 3); // of a camp in a town, the larger comes first
  if (inside.length && !chart.isTimeline) {
    return inside.sort((a, b) => roundedDistance(a) - roundedDistance(b) || b.radius - a.radius)
      .map((mark) => mark.row);
  }
  const key = chart.isTimeline ? "distance" : "gap";
  return near.sort((a, b) => a[key] - b[key]).slice(0, 1).map((mark) => mark.row);
};
const onPointerMove = (chart, event) => {
  const svg = event.target.closest("svg.chart");
  if (event.pointerType === "touch" || !svg) return;
  const rows = rowsAtPointer(chart, svg, event), chosen = chosenRow(chart);
  svg.style.cursor = rows.length ? "pointer" : "";
  if (!rows.length) showChosenTooltip(chart);
  else showTooltip(chart, rows.includes(chosen) ? chosen : rows[0], rows, "click again");
};
const onClick = (chart, event) => {
  const svg = event.target.closest("svg.chart");
  if (!svg) return;
  const rows = rowsAtPointer(chart, svg, event);
  const chosen = chosenRow(chart), next = rows[rows.indexOf(chosen) + 1]; // of several rows, one after the other
  if (next !== undefined) {
    toggleRow(chart, next);
    showTooltip(chart, chosenRow(chart), rows, event.pointerType === "touch" ? "tap again" : "click again");
  } else if (chosen !== null) chooseRow(chart, null);
};

// The tooltip

const tooltipLines = (chart, row, rowsHere, again) => {
  const { name, facts } = chart.rows[row];
  const lines = facts.map((fact) => createElement("span", "", fact));
  const inRow = chart.rowByEvent.map((_, index) => index).filter((index) => chart.rowByEvent[index] === row);
  const listed = inRow.filter((index) => isHit(index, chart.key)).length;
  if (listed < inRow.length && isFiltered()) {
    lines.push(createElement("span", "note", t("{n} of {n} match the filters", formatNumber(listed), formatNumber(inRow.length))));
  }
  const otherNames = rowsHere.filter((other) => other !== row).map((other) => chart.rows[other].name);
  if (otherNames.length) {
    lines.push(createElement("span", "note", t(`Also here: {}; ${again}.`, otherNames.join(", "))));
  }
  return [createElement("b", "", name), ...lines];
};
const showTooltip = (chart, row, rowsHere = [], again = "") => {
  const { tooltip, figure } = chart, svg = visibleSvg(chart);
  const box = row === null || !svg ? null : rowBoxes(chart, svg).get(row);
  highlightRow(chart, box ? row : null);
  tooltip.hidden = !box;
  if (!box) return;
  tooltip.replaceChildren(...tooltipLines(chart, row, rowsHere, again));
  // Above or below the mark; on a timeline, whose marks are as high as the chart, beside it.
  const space = figure.getBoundingClientRect(), corner = svg.getBoundingClientRect();
  const [x, y] = [corner.left - space.left, corner.top - space.top];
  const [width, height] = [tooltip.offsetWidth, tooltip.offsetHeight];
  const fitsRight = x + box.right + 8 + width <= space.width;
  const beside = fitsRight ? x + box.right + 8 : x + box.left - 8 - width;
  const above = y + box.top - height - 8;
  const left = chart.isTimeline ? beside : x + (box.left + box.right - width) / 2;
  tooltip.style.left = `${Math.max(0, Math.min(left, space.width - width))}px`;
  tooltip.style.top = `${chart.isTimeline ? y : above >= 0 ? above : y + box.bottom + 8}px`;
};
const showChosenTooltip = (chart) => showTooltip(chart, chosenRow(chart));

// The listeners are on the figure: an SVG with listeners for keys or focus would itself be a tab stop.
const setUpChart = (chart) => {
  setUpMarks(chart);
  setUpUnplotted(chart);
  const { figure } = chart;
  figure.addEventListener("keydown", (event) => onMarkKey(chart, event));
  figure.addEventListener("focusin", (event) => {
    const mark = event.target.closest("[data-row]");
    if (mark) showTooltip(chart, rowOf(mark));
  });
  figure.addEventListener("focusout", () => showChosenTooltip(chart));
  figure.addEventListener("pointermove", (event) => onPointerMove(chart, event));
  figure.addEventListener("pointerleave", () => showChosenTooltip(chart));
  figure.addEventListener("click", (event) => onClick(chart, event));
  addEventListener("resize", () => showChosenTooltip(chart));
  chart.section.querySelector(".hint").hidden = false;
  if (!chart.isTimeline) setUpZoom(chart);
};
