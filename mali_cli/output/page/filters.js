// Filters: each event that fulfils all of them is listed. A filter offers what the others leave.

const actorsOf = (event) => [...new Set(
  ["side_a", "side_b", "responsibility"].flatMap((name) => eventField(event, name) ?? []))];
const typesOf = (event) => {
  const [type, subType] = [eventField(event, "event_type"), eventField(event, "sub_event_type")];
  return [type, subType && `${type}: ${subType}`].filter(Boolean);
};
const basesOf = (event) => [eventField(event, "basis")].filter(Boolean);
const MENUS = { type: typesOf, actor: actorsOf, basis: basesOf };

// As `--from` and `--to` do: an event lies within the years, or, if its days are known, overlaps them.
const isInYears = (event) => {
  const [first, last] = ["date_start", "date_end"].map((name) => eventField(event, name));
  const [from, to] = [state.from || "0", state.to ? `${state.to}~` : "~"]; // "~" sorts after any digit
  return eventField(event, "date_precision") === "day" ? last >= from && first <= to : first >= from && last <= to;
};
const isInRow = (chart, index) => !chart || chart.plotted.has(chart.rowByEvent[index])
  && chart.rows[chart.rowByEvent[index]].name === state[chart.key];
const isInNoMark = (chart, index) => !chart || !chart.plotted.has(chart.rowByEvent[index]);
const FILTERS = {
  q: (index, words) => words.every((word) => hasWordStart(indexedText(index), word)),
  place: (index) => isInRow(chartOfKind("map"), index),
  period: (index) => isInRow(chartOfKind("timeline"), index),
  off: (index) => isInNoMark(chartOfKind(state.off), index),
  type: (index) => typesOf(events[index]).includes(state.type),
  actor: (index) => actorsOf(events[index]).includes(state.actor),
  basis: (index) => basesOf(events[index]).includes(state.basis),
  years: (index) => isInYears(events[index]),
};
let failedFilters = []; // for each event the names of the filters that it fails
const applyFilters = () => {
  const words = searchWords();
  const active = Object.entries(FILTERS).filter(([name]) => (name === "years" ? state.from || state.to : state[name]));
  failedFilters = events.map((_, index) => active.filter(([, test]) => !test(index, words)).map(([name]) => name));
};
const isHit = (index, ...ignored) => failedFilters[index].every((name) => ignored.includes(name));

// The filters in words, for the count: "Gao, 2012 to 2013, “drone”"
const yearsText = () => {
  if (!state.from && !state.to) return "";
  if (state.from === state.to) return state.from;
  return state.to ? (state.from ? t("{} to {}", state.from, state.to) : t("until {}", state.to)) : t("from {}", state.from);
};
const chosenText = () => [
  state.place, state.period, state.off && unplottedText(chartOfKind(state.off)), yearsText(), state.type, state.actor,
  state.basis, state.q && `“${state.q}”`,
].filter(Boolean).join(", ");

// Menus: each value with the number of its events among those that the other filters leave

const countValues = (name) => {
  const counts = new Map();
  events.forEach((event, index) => {
    const isCounted = isHit(index, name);
    for (const value of MENUS[name](event)) counts.set(value, (counts.get(value) ?? 0) + isCounted);
  });
  return counts;
};
const createOption = (value, text) => Object.assign(createElement("option", "", text), { value });
const ALL_VALUES = { type: "all types", actor: "all sides", basis: "any basis" };
const fillMenu = (name) => {
  const menu = $(`${name}-menu`), counts = countValues(name);
  const byCount = name === "actor" ? ([a, m], [b, n]) => n - m || a.localeCompare(b) : ([a], [b]) => a.localeCompare(b);
  const shownValue = (value) => (name === "type" && value.includes(": ") ? `\u2003${value.split(": ")[1]}` : value);
  const options = [...counts].sort(byCount).map(([value, number]) => createOption(
    value, `${shownValue(value)} (${formatNumber(number)})`));
  menu.replaceChildren(createOption("", t(ALL_VALUES[name])), ...options);
  if (state[name] && !counts.has(state[name])) menu.append(createOption(state[name], `${state[name]} (0)`));
  menu.value = state[name];
  menu.hidden = counts.size < 2 && !state[name];
};
