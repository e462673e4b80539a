// The map plugin does not foresee that no row has a point: then there is no map.
addEventListener("unhandledrejection", (event) => {
  if (String(event.reason).includes("Bounds are not valid")) {
    event.preventDefault();
    document.querySelectorAll(".leaflet-container").forEach((map) => map.remove());
  }
});
