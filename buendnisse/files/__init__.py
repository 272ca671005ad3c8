"""Files that people hand in: what they are, what is taken out of them, and how they are given out.

Nothing here knows what a file is for. A file is what its content says; its name is shown to people
and used for nothing else.
"""
