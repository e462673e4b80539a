// The listed events as CSV, with the columns and values of `mali events`

const csvCell = (text) => (/[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);
const csvText = (cell, type) => {
  if (cell === null) return "";
  if (Array.isArray(cell)) return cell.join(";");
  return type === "number" && Number.isInteger(cell) ? cell.toFixed(1) : String(cell);
};
const eventsAsCsv = () => {
  const rows = matches.map((index) => data.eventColumns.map(
    ({ name, type }) => csvText(eventField(events[index], name), type)));
  return [data.eventColumns.map(({ name }) => name), ...rows].map((row) => `${row.map(csvCell).join(",")}\n`).join("");
};
const downloadCsv = () => {
  const link = createElement("a", "");
  link.href = URL.createObjectURL(new Blob([eventsAsCsv()], { type: "text/csv" }));
  link.download = "events.csv";
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
};
const createDataTable = () => {
  const { columns, numeric, records } = data.table;
  const cells = (tag, row) => row.map((cell, index) => createElement(tag, numeric[index] ? "number" : "", cell));
  const header = createElement("tr", "", ...cells("th", columns.map((name) => name.replaceAll("_", " "))));
  const body = records.map((row) => createElement("tr", "", ...cells("td", row)));
  return createElement("table", "", createElement("thead", "", header), createElement("tbody", "", ...body));
};
