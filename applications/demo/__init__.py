"""The demo's story: data and steps; every step is a call of the services that the pages call."""
