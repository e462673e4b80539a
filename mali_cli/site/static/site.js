// The map plugin fails if no row has coordinates: remove its empty map.
addEventListener("unhandledrejection", (event) => {
  if (String(event.reason).includes("Bounds are not valid")) {
    event.preventDefault();
    document.querySelectorAll(".leaflet-container").forEach((map) => map.remove());
  }
});
