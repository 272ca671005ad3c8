"""The composition root: the only package that may know every app."""

from buendnisse.config.celery import app as celery_app

__all__ = ["celery_app"]
