"""What every kind of study with input-output tables has: tables and emissions, and their checks."""
