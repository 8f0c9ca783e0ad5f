"""The planner's pages, one module each."""
