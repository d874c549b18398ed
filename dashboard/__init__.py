"""The pages: what staff, technicians and coordinators see and do. Reads and acts through `hub`."""

from dashboard.app import create_app

__all__ = ["create_app"]
