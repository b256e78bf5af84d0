"""MEET: an exercise, a simulated day played as acts of the real posts in a county of its own.

`script.script_of` cuts a day out of a simulation, `injects.read_injects` reads what is thrown in between, and
`day.Exercise` plays both. Nothing here opens a database: the command line chooses a separate one before Django starts.
"""
