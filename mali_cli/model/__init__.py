"""What the data is: declared tables, names, dates and filters."""
