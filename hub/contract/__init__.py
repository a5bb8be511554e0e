"""What a source's declaration may say; reads it, recognises deliveries by it and applies it to their rows."""
