"""Who may do what in the planner, when its operator has configured sign-in."""
