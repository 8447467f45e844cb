"""Makes the folder a package, so that tests share `tiny.py`."""
