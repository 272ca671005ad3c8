"""The applicants' forms: the sections of an application, and its plan."""
