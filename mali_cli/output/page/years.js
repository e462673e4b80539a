// The years as bars, with a brush: two sliders, or drag across the bars. Months if the events lie within three years.

const SVG = "http://www.w3.org/2000/svg";
const BAR_HEIGHT = 32, MIN_BAR = 2; // pixels
const steps = (() => {
  const first = events.reduce((day, event) => (day < eventField(event, "date_start") ? day : eventField(event, "date_start")), "~");
  const last = events.reduce((day, event) => (day > eventField(event, "date_end") ? day : eventField(event, "date_end")), "");
  if (!last) return [];
  const [from, to] = [first, last].map((day) => Number(day.slice(0, 4)));
  const years = Array.from({ length: to - from + 1 }, (_, index) => String(from + index).padStart(4, "0"));
  if (years.length > 3) return years;
  const months = years.flatMap((year) => Array.from({ length: 12 }, (_, i) => `${year}-${String(i + 1).padStart(2, "0")}`));
  return months.filter((month) => month >= first.slice(0, 7) && month <= last.slice(0, 7));
})();
const stepOf = (day) => steps.indexOf(day.slice(0, steps[0].length));
const chosenSteps = () => {
  const [from, to] = [state.from ? stepOf(state.from) : 0, state.to ? stepOf(state.to) : steps.length - 1];
  return [Math.max(0, from), to < 0 ? steps.length - 1 : to];
};
const chooseSteps = (a, b, isFinal) => {
  const [first, last] = [Math.min(a, b), Math.max(a, b)];
  const changes = { from: first ? steps[first] : "", to: last < steps.length - 1 ? steps[last] : "" };
  if (isFinal) return choose(changes);
  Object.assign(state, changes); // the address follows when the pointer is released
  refresh();
};

// Events whose date is only known to lie in several years are in no bar.
const countSteps = () => {
  const counts = steps.map(() => 0);
  events.forEach((event, index) => {
    const step = stepOf(eventField(event, "date_start"));
    const isWithin = eventField(event, "date_precision") === "day" || step === stepOf(eventField(event, "date_end"));
    if (isWithin && isHit(index, "years")) counts[step] += 1;
  });
  return counts;
};
const drawYears = () => {
  const [from, to] = chosenSteps(), counts = countSteps(), highest = Math.max(1, ...counts);
  const bars = counts.map((count, index) => {
    const bar = document.createElementNS(SVG, "rect");
    const height = count ? Math.max(MIN_BAR, BAR_HEIGHT * count / highest) : 0;
    const place = { x: index + 0.1, y: BAR_HEIGHT - height, width: 0.8, height };
    for (const [name, value] of Object.entries(place)) bar.setAttribute(name, value);
    bar.classList.toggle("outside", index < from || index > to);
    return bar;
  });
  $("year-bars").replaceChildren(...bars);
  [["year-from", from], ["year-to", to]].forEach(([id, step]) => {
    $(id).value = step;
    $(id).setAttribute("aria-valuetext", steps[step]);
  });
  $("year-text").textContent = from === to ? steps[from] : t("{} to {}", steps[from], steps[to]);
};

const setUpYears = () => {
  if (steps.length < 2) return;
  $("years").hidden = false;
  $("year-bars").setAttribute("viewBox", `0 0 ${steps.length} ${BAR_HEIGHT}`);
  for (const id of ["year-from", "year-to"]) {
    $(id).max = steps.length - 1;
    for (const kind of ["input", "change"]) {
      $(id).addEventListener(kind, () => chooseSteps(Number($("year-from").value), Number($("year-to").value), kind === "change"));
    }
  }
  setUpBrush();
};
const setUpBrush = () => {
  const bars = $("year-bars");
  let start = null;
  const stepAt = (event) => {
    const box = bars.getBoundingClientRect();
    return Math.max(0, Math.min(steps.length - 1, Math.floor((event.clientX - box.left) / box.width * steps.length)));
  };
  bars.addEventListener("pointerdown", (event) => {
    start = stepAt(event);
    bars.setPointerCapture(event.pointerId);
  });
  bars.addEventListener("pointermove", (event) => {
    if (start !== null) chooseSteps(start, stepAt(event), false);
  });
  bars.addEventListener("pointerup", (event) => {
    if (start === null) return;
    chooseSteps(start, stepAt(event), true);
    start = null;
  });
  bars.addEventListener("pointercancel", () => { start = null; });
};
