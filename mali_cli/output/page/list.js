// The list: the events that fulfil all filters, a hundred at a time, and on a map of holders who holds the place

const PAGE_SIZE = 100; // events added to the list at once
const MAX_PRINTED = 300; // events: with the charts some eight sheets of paper
let matches = [], listedCount = 0;

const createListItem = (index) => {
  const event = events[index], box = createElement("details", "", toNode(summaryContent(event)));
  box.addEventListener("toggle", () => {
    if (box.open && !box.querySelector(".event-details")) {
      box.append(toNode(detailsContent(event)));
      box.lastChild.append(createEventLink(eventKeys[index]));
    }
    onEventToggled(eventKeys[index], box.open);
  });
  const item = createElement("li", "", box);
  item.dataset.event = index;
  return item;
};
const createEventLink = (key) => {
  const link = createElement("a", "", t("Link to this event"));
  link.href = `#${new URLSearchParams({ event: key })}`;
  return createElement("p", "event-link", link);
};
// The address has the event opened last; it is no step for Back.
const onEventToggled = (key, isOpen) => {
  if (isOpen) state.event = key;
  else if (state.event === key) state.event = "";
  writeAddress(true);
};
const openChosenEvent = () => {
  const position = state.event ? matches.indexOf(eventKeys.indexOf(state.event)) : -1;
  if (position < 0) return;
  while (listedCount <= position) listMore();
  const box = $("events").children[position].firstChild;
  if (box.open) return;
  box.open = true;
  box.scrollIntoView({ block: "center" });
};

const sortMatches = () => {
  // Events with unknown fatalities come last: unknown is not zero, but it has no place among numbers.
  const killed = (index) => eventField(events[index], "killed_best") ?? -1;
  if (state.sort === "latest") matches.reverse();
  if (state.sort === "killed") matches.sort((a, b) => killed(b) - killed(a));
};
const listMore = () => {
  const next = matches.slice(listedCount, listedCount + PAGE_SIZE);
  $("events").append(...next.map(createListItem));
  listedCount += next.length;
  const rest = matches.length - listedCount;
  $("show-more").hidden = rest === 0;
  $("show-more").textContent = t(
    "{n} listed; show {n} more", formatNumber(listedCount), formatNumber(Math.min(PAGE_SIZE, rest)));
};
const listHolders = () => {
  const words = searchWords();
  const isShown = (record) => {
    const text = () => normalize(searchableText(holderContent(record)));
    return (!state.place || state.place.split(", ").includes(holderField(record, "place")))
      && words.every((word) => hasWordStart(text(), word));
  };
  const shown = state.off || state.type || state.actor || state.basis ? [] : data.holders.records.filter(isShown);
  $("holder-count").textContent = pluralize(shown.length, "statements on holders");
  $("holder-count").hidden = !shown.length;
  $("holders").replaceChildren(...shown.map((record) => createElement("li", "", toNode(holderContent(record)))));
};
const countText = () => {
  const total = pluralize(events.length, "events");
  const count = matches.length < events.length ? t("{n} of {}", formatNumber(matches.length), total) : total;
  return isFiltered() ? `${count}${t(": ")}${chosenText()}` : count;
};

const refresh = () => {
  applyFilters();
  matches = events.map((_, index) => index).filter((index) => isHit(index));
  sortMatches();
  if ($("list").getBoundingClientRect().top < 0) $("list").scrollIntoView();
  $("events").replaceChildren();
  listedCount = 0;
  listMore();
  if (data.hasHolders) listHolders();
  $("count").textContent = countText();
  $("clear").hidden = !isFiltered();
  $("no-match").hidden = matches.length > 0 || searchWords().length < 2;
  $("print-limit").textContent = matches.length > MAX_PRINTED
    ? t("The first {n} of these events are printed.", formatNumber(MAX_PRINTED)) : "";
  showControls();
  charts.forEach(refreshMarks);
  openChosenEvent();
};
const showControls = () => {
  if (normalize($("search-input").value) !== normalize(state.q)) $("search-input").value = state.q;
  $("sort-order").value = state.sort;
  Object.keys(MENUS).forEach(fillMenu);
  if (steps.length > 1) drawYears();
};
