"""Model of the data: declared tables, names, dates and filters."""
