// Start: set up the charts and the controls, and show what the address says

const setUpControls = () => {
  let searchTimeout, isTyping = false; // a word that is typed is one step for Back
  $("search-input").addEventListener("input", () => {
    clearTimeout(searchTimeout);
    searchTimeout = setTimeout(() => {
      choose({ q: $("search-input").value.trim(), event: "" }, isTyping);
      isTyping = true;
    }, 120);
  });
  $("search-input").addEventListener("change", () => { isTyping = false; });
  $("sort-order").addEventListener("change", () => choose({ sort: $("sort-order").value }));
  for (const name of Object.keys(MENUS)) {
    $(`${name}-menu`).addEventListener("change", () => choose({ [name]: $(`${name}-menu`).value, event: "" }));
  }
  $("clear").addEventListener("click", () => { clearFilters(); $("search-input").focus(); });
  $("show-more").addEventListener("click", () => {
    const firstAdded = listedCount;
    listMore();
    $("events").children[firstAdded]?.querySelector("summary").focus({ preventScroll: true });
  });
  $("csv").addEventListener("click", downloadCsv);
  $("data-table").addEventListener("toggle", () => {
    const box = $("data-table").querySelector(".scroll");
    if (!box.children.length) box.append(createDataTable());
  });
};
const setUpPage = () => {
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") clearFilters();
  });
  addEventListener("hashchange", () => { readAddress(); refresh(); });
  $("skip").addEventListener("click", (event) => { // the address keeps what is chosen
    event.preventDefault();
    $("list").scrollIntoView();
    $("search-input").focus();
  });
  addEventListener("beforeprint", () => {
    while (listedCount < Math.min(matches.length, MAX_PRINTED)) listMore();
  });
  // From the list to the charts
  const highlight = (event) => {
    const item = event.target.closest("[data-event]");
    for (const chart of charts) highlightRow(chart, item ? chart.rowByEvent[Number(item.dataset.event)] : null);
  };
  $("events").addEventListener("pointerover", highlight);
  $("events").addEventListener("focusin", highlight);
  $("events").addEventListener("pointerleave", () => charts.forEach(showChosenTooltip));
};

document.querySelectorAll(".chart-section").forEach((section, index) => {
  charts.push(createChart(section, data.charts[index]));
});
readAddress();
charts.forEach(setUpChart);
setUpYears();
setUpControls();
setUpPage();
for (const id of ["search", "data-table", "export"]) $(id).hidden = false;
refresh();
