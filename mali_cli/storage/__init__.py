"""Where the tables are stored, read and written."""
