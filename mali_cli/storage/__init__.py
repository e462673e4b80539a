"""Storage of our own tables: CSV folders, SQLite files and Parquet folders, each read and written."""
