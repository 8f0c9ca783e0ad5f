"""The commands behind the command line's door, one module for each kind of question."""
