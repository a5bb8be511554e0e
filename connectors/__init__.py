"""One folder per department with its contracts, and the transports that carry deliveries in."""
