"""One module per subject: how its queries are run on the tables of a backend."""
