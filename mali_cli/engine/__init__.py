"""How work is mapped over the partitions of a dataset; knows no command and no format."""
