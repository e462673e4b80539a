"""Charts as Vega-Lite specifications: `spec` builds them, from the map, the timeline and the parts of both."""
