"""Every component of the desk with invented data, for screenshots and tests: `python -m bihuan.desk.gallery`."""
