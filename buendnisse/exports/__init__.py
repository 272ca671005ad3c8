"""Lists as files, for every app: what a column is, and the forms in which a list is written."""
