"""The site: the tables of a dataset as pages of Datasette (extra `site`), made anew at each start, read only."""
