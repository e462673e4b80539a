// What the map plugin leaves undone: it fails if no row has coordinates, names no marker, and shows half the world for the
// sake of one event far away.
addEventListener("unhandledrejection", (event) => {
  if (String(event.reason).includes("Bounds are not valid")) {
    event.preventDefault();
    document.querySelectorAll(".leaflet-container").forEach((map) => map.remove());
  }
});
addEventListener("DOMContentLoaded", async () => {
  if (!window.datasette?.leaflet) return;
  await import(datasette.leaflet.JAVASCRIPT_URL);
  const MALI = [[9, -13], [26, 6]];
  const fitAll = L.Map.prototype.fitBounds;
  L.Marker.mergeOptions({ alt: "Event" });
  L.Map.include({
    fitBounds(bounds, options) {
      const mali = L.latLngBounds(MALI);
      if (bounds.isValid() && mali.intersects(bounds)) {
        bounds = L.latLngBounds(
          [Math.max(bounds.getSouth(), mali.getSouth()), Math.max(bounds.getWest(), mali.getWest())],
          [Math.min(bounds.getNorth(), mali.getNorth()), Math.min(bounds.getEast(), mali.getEast())],
        );
      }
      return fitAll.call(this, bounds, options);
    },
  });
});
