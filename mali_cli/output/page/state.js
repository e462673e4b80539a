// What is chosen. It stands in the address, as in #place=Gao&q=drone, so that it can be sent, and undone with Back.

const NOTHING_CHOSEN = {
  q: "", place: "", period: "", off: "", type: "", actor: "", basis: "", from: "", to: "", sort: "latest", event: "",
};
const NOT_FILTERS = ["sort", "event"];
const state = { ...NOTHING_CHOSEN };
const isFiltered = () => Object.keys(state).some((key) => !NOT_FILTERS.includes(key) && state[key] !== "");

const readAddress = () => {
  const given = new URLSearchParams(location.hash.slice(1));
  for (const key of Object.keys(state)) state[key] = given.get(key) ?? NOTHING_CHOSEN[key];
};
const writeAddress = (inPlace) => {
  const chosen = Object.entries(state).filter(([key, value]) => value !== NOTHING_CHOSEN[key]);
  const page = location.href.split("#")[0], query = new URLSearchParams(chosen).toString();
  const address = query ? `${page}#${query}` : page;
  if (address !== location.href) history[inPlace ? "replaceState" : "pushState"](null, "", address);
};

// Change the choice and show it; `inPlace` without a step for Back.
const choose = (changes, inPlace = false) => {
  Object.assign(state, changes);
  writeAddress(inPlace);
  refresh();
};
const clearFilters = () => choose({ ...NOTHING_CHOSEN, sort: state.sort });
