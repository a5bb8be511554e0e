"""Where everything lies: PostgreSQL tables, their two time axes, roles, migrations, the embedded server."""
