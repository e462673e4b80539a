// The tables behind the charts

const fieldReader = (table) => {
  const positions = new Map(table.columns.map((name, position) => [name, position]));
  return (record, name) => (positions.has(name) ? record[positions.get(name)] : null);
};
const groupBy = (records, key) => {
  const groups = new Map();
  for (const record of records) {
    if (!groups.has(key(record))) groups.set(key(record), []);
    groups.get(key(record)).push(record);
  }
  return groups;
};
const eventField = fieldReader(data.events);
const figureField = fieldReader(data.figures);
const sourceField = fieldReader(data.sources);
const holderField = fieldReader(data.holders);
const events = data.events.records;
const eventKeys = events.map((event) => eventField(event, "event_id"));
const sources = new Map(data.sources.records.map((record) => [sourceField(record, "source"), record]));
const figuresByEvent = groupBy(data.figures.records, (record) => figureField(record, "event_id"));
const figuresOf = (event) => figuresByEvent.get(eventField(event, "event_id")) ?? [];
const cellText = (cell) => (Array.isArray(cell) ? cell.join("; ") : cell === null ? "" : String(cell));

const sourceText = (key, isShort = false) => {
  key = key.trim();
  const record = sources.get(key) ?? sources.get(key.split("#")[0]);
  const title = record && sourceField(record, "title");
  if (!title) return key;
  const names = isShort ? [] : ["publisher", "date"];
  const publication = names.map((name) => sourceField(record, name)).filter(Boolean).join(", ");
  return `${title}${publication ? ` (${publication})` : ""} [${key}]`;
};
const citedSources = (event, eventFigures) => [...new Set([
  ...(eventField(event, "sources") ?? []), ...eventFigures.flatMap((record) => figureField(record, "sources") ?? []),
])];
