"""One operation, one statement: a validated document becomes a plan, and the plan one SQL statement that returns the answer's JSON."""
