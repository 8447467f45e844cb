"""Goes in: nothing. Comes out: nothing: the folder is a package, so that tests share `tiny.py`."""
