"""Answer queries: find the handler of a query, choose how to run it, and present the result."""
