"""Each section reads the analysis document and says it in sentences, tables and charts."""
