"""The territory: places, people, hours, desks, travel and access."""
