"""Questions: DataFrames and plain values in, a DataFrame out; no printing, no files, no command line."""
