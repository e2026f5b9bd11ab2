"""A machine without the library, whatever is installed on it."""

raise ImportError("No module named 'picamera2'")
