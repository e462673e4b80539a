"""The site: the tables of a dataset, read only, as pages of Datasette (extra `site`)."""
