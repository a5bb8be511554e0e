"""The nouns of the hub as plain data; imports nothing but the standard library and itself."""
