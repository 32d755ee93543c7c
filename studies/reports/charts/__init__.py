"""The report's pictures: Vega-Lite made here, drawn as SVG on the server by vl-convert."""
