"""Gold sets, measures, runs, comparison and reports; imports the assistant, never the web page."""
