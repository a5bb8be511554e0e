"""What happens in the hub, told to those who wait for it."""
