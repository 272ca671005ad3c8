"""A programme year as large as one likes, to measure the ministry's pages on."""
