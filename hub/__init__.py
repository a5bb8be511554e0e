"""The hub: departments' deliveries become one graph of children, households and support measures."""
